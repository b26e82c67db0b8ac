"""What can go wrong with the database, each as one Vietnamese sentence that says what to do.

    StoreError
    ├── BadDatabaseUrl        the address can't be understood, or its driver is not installed
    ├── DatabaseMissing       there is no such file
    ├── DatabaseUnreachable   the server does not answer, or refuses
    ├── DatabaseCorrupt       the file is not a database, or damaged
    ├── DatabaseLocked        somebody else has been writing for too long
    ├── DatabaseNotWritable   read-only, disk full, disk errors
    ├── DatabaseNotReady      its tables are not there yet
    ├── DatabaseNewer         a newer release of the assistant has changed it
    ├── UnknownPlan           no such plan or version
    └── PlanChanged           somebody else put another version in force meanwhile
"""

from __future__ import annotations


class StoreError(Exception):
    """Any trouble with the database; `str()` is for the user. Passwords never stand in it."""


class BadDatabaseUrl(StoreError):
    """The address can't be understood, or its driver is not installed."""


class DatabaseMissing(StoreError):
    """There is no such database file."""


class DatabaseUnreachable(StoreError):
    """The server does not answer, or refuses."""


class DatabaseCorrupt(StoreError):
    """The file is not a database, or is damaged."""


class DatabaseLocked(StoreError):
    """Somebody else has been writing for too long."""


class DatabaseNotWritable(StoreError):
    """Read-only, disk full, or disk errors."""


class DatabaseNotReady(StoreError):
    """The tables are not there yet."""


class DatabaseNewer(StoreError):
    """A newer release of the assistant has changed the tables."""


class UnknownPlan(StoreError):
    """There is no such plan, or no such version of it."""


class PlanChanged(StoreError):
    """Somebody else put another version of the plan in force meanwhile."""


def missing(where: str) -> DatabaseMissing:
    """The sentence for a file that is not there."""
    return DatabaseMissing(f"Không tìm thấy cơ sở dữ liệu {where}: hãy kiểm tra đường dẫn, hoặc chạy “./troly demo” để tạo mới.")


def unopenable(where: str) -> DatabaseMissing:
    """The sentence for a file that can't be opened or made."""
    return DatabaseMissing(f"Không mở được cơ sở dữ liệu {where}: hãy kiểm tra đường dẫn và quyền ghi vào thư mục đó.")


def corrupt(where: str) -> DatabaseCorrupt:
    """The sentence for a damaged file."""
    return DatabaseCorrupt(
        f"Cơ sở dữ liệu {where} bị hỏng hoặc không phải tệp SQLite: hãy chép lại từ bản sao lưu, "
        "hoặc đổi tên tệp đó rồi chạy “./troly demo” để tạo lại.")


def locked(where: str) -> DatabaseLocked:
    """The sentence for a lock held by somebody else."""
    return DatabaseLocked(f"Cơ sở dữ liệu {where} đang bị một tiến trình khác giữ quá lâu: hãy chờ một lát rồi làm lại.")


def not_writable(where: str) -> DatabaseNotWritable:
    """The sentence for a disk that takes nothing."""
    return DatabaseNotWritable(f"Không ghi được vào cơ sở dữ liệu {where}: hãy kiểm tra quyền ghi và dung lượng đĩa còn trống.")


def unreachable(where: str) -> DatabaseUnreachable:
    """The sentence for a server that does not answer or refuses."""
    return DatabaseUnreachable(
        f"Không kết nối được cơ sở dữ liệu {where}: hãy kiểm tra máy chủ PostgreSQL đang chạy, "
        "địa chỉ và tài khoản trong TROLY_DATABASE_URL.")


def not_ready(where: str) -> DatabaseNotReady:
    """The sentence for a database without our tables."""
    return DatabaseNotReady(
        f"Cơ sở dữ liệu {where} chưa có bảng dữ liệu của trợ lý: hãy chạy “./troly demo” một lần để khởi tạo.")


def newer(where: str, found: str) -> DatabaseNewer:
    """The sentence for a database of a later release."""
    return DatabaseNewer(
        f"Cơ sở dữ liệu {where} thuộc một bản trợ lý mới hơn (phiên bản bảng {found}): hãy cập nhật chương trình rồi chạy lại.")


def unknown_plan(plan_id: str, version: int | None = None) -> UnknownPlan:
    """The sentence for a plan or a version that is not there."""
    if version is None:
        return UnknownPlan(f"Không có kế hoạch nào mang mã “{plan_id}”: hãy xem danh sách bằng “troly plans”.")
    return UnknownPlan(f"Kế hoạch “{plan_id}” không có bản số {version}: hãy xem các bản bằng “troly plans {plan_id}”.")


def plan_changed(plan_id: str) -> PlanChanged:
    """The sentence for an import that somebody else overtook."""
    return PlanChanged(f"Kế hoạch “{plan_id}” vừa được người khác cập nhật: hãy xem lại thay đổi rồi nhập lại.")
