"""`troly officials …`: who is registered, their linking codes and linked chat accounts."""

from __future__ import annotations

import argparse
import getpass
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import errors
from bot.errors import Trouble
from bot.officials.audit import Audit
from bot.officials.directory import Directory, Taken
from bot.officials.linking import VALID_SECONDS, Linking
from bot.officials.official import ROLE_NAMES, ROLES, Official
from bot.officials.roster import BadPeople, person
from bot.officials.sheet import read_people
from knowledge.parsers.document import UnreadableFile
from knowledge.store import open_engine

NAME, HELP = "officials", """đăng ký cán bộ, cấp mã liên kết, xem và hủy liên kết tài khoản chat

  troly officials add --name "Nguyễn Văn A" --username a.nguyen --province hau-giang --agency "Sở Y tế" --role officer
  troly officials import DANH_SACH.xlsx
  troly officials code a.nguyen"""
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class _Office:
    """What every order works with."""

    args: argparse.Namespace
    directory: Directory
    audit: Audit

    def official(self) -> Official:
        """The official that the command names, by id or username."""
        key: str = self.args.official
        found = self.directory.find(int(key)) if key.isascii() and key.isdecimal() and len(key) < 16 else self.directory.find(key)
        if found is None:
            raise Trouble(f"Không có cán bộ “{key}”. Xem danh sách: troly officials list", errors.USAGE)
        return found

    def note(self, what: str, official: Official | None = None, outcome: str = "") -> None:
        """An audit line: who sits at this machine did something."""
        self.audit.note(what, official=official, who=getpass.getuser(), channel="cli", account=socket.gethostname(), outcome=outcome)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's orders and their options."""
    orders = parser.add_subparsers(dest="order", metavar="VIỆC", required=True)
    add = orders.add_parser("add", help="đăng ký một cán bộ")
    add.add_argument("--name", required=True, metavar="HỌ_TÊN", help="họ và tên")
    add.add_argument("--username", required=True, metavar="TÊN", help="tên đăng nhập hoặc email trong hệ thống đăng nhập của tỉnh")
    add.add_argument("--province", metavar="TỈNH", help="ví dụ hau-giang")
    add.add_argument("--agency", metavar="CƠ_QUAN", help="ví dụ “Sở Y tế”")
    roles = ", ".join(f"{role} ({ROLE_NAMES[role]})" for role in ROLES)
    add.add_argument("--role", default="reader", metavar="VAI_TRÒ", help=f"{roles}; mặc định reader")
    columns = "Họ tên, Tên đăng nhập/Email, Tỉnh, Cơ quan, Vai trò"
    sheet = orders.add_parser("import", help=f"đăng ký hoặc cập nhật theo bảng có các cột: {columns}")
    sheet.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx hoặc .csv")
    orders.add_parser("list", help="xem mọi cán bộ đã đăng ký")
    for name, help_ in (("disable", "khóa một cán bộ"), ("enable", "mở khóa một cán bộ"), ("code", "cấp mã liên kết dùng một lần")):
        orders.add_parser(name, help=help_).add_argument("official", metavar="CÁN_BỘ", help="số thứ tự hoặc tên đăng nhập")
    orders.add_parser("links", help="xem tài khoản chat đã liên kết").add_argument(
        "official", nargs="?", metavar="CÁN_BỘ", help="chỉ của một cán bộ")
    unlink = orders.add_parser("unlink", help="hủy liên kết của một cán bộ")
    unlink.add_argument("official", metavar="CÁN_BỘ", help="số thứ tự hoặc tên đăng nhập")
    unlink.add_argument("--channel", metavar="KÊNH", help="chỉ ở một kênh, ví dụ telegram")
    log = orders.add_parser("log", help="xem nhật ký: ai làm gì, khi nào, từ đâu (không có nội dung)")
    log.add_argument("official", nargs="?", metavar="CÁN_BỘ", help="chỉ của một cán bộ")
    log.add_argument("--most", type=int, default=50, metavar="SỐ", help="số dòng cuối (mặc định 50)")


def run(args: argparse.Namespace) -> int:
    """Carry out one order; data that can't be taken are USAGE."""
    engine = open_engine(args.settings.database_url)
    try:
        _ORDERS[args.order](_Office(args, Directory(engine), Audit(engine)))
    except (BadPeople, UnreadableFile) as error:
        raise Trouble(str(error), errors.USAGE) from error
    finally:
        engine.dispose()
    return errors.OK


def _add(office: _Office) -> None:
    args = office.args
    try:
        found = person({key: getattr(args, key) for key in ("name", "username", "province", "agency", "role")})
    except BadPeople as error:
        raise Trouble(f"Chưa đăng ký được: {'; '.join(error.lines)}.", errors.USAGE) from error
    try:
        official = office.directory.add(**found.as_dict())
    except Taken as error:
        raise Trouble(f"Tên đăng nhập “{found.username}” đã có người dùng.", errors.USAGE) from error
    office.note("add", official, outcome=official.role)
    print(f"Đã đăng ký {_words(official)}.\nCấp mã liên kết: troly officials code {official.id}")


def _import(office: _Office) -> None:
    people = read_people(office.args.file)
    new, changed = office.directory.put([found.as_dict() for found in people])
    for what, officials in (("add", new), ("change", changed)):
        for official in officials:
            office.note(what, official, outcome=official.role)
    print(f"Đã thêm {len(new)}, cập nhật {len(changed)}, giữ nguyên {len(people) - len(new) - len(changed)} cán bộ.")


def _list(office: _Office) -> None:
    entries = office.directory.entries()
    if not entries:
        print("Chưa có cán bộ nào. Đăng ký: troly officials add --help")
    for entry in entries:
        state = "" if entry.official.active else ", ĐANG KHÓA"
        print(f"{_words(entry.official)}; {entry.links} liên kết; dùng lần cuối {_when(entry.used)}{state}")


def _switch(active: bool) -> Callable[[_Office], None]:
    def switch(office: _Office) -> None:
        official = office.official()
        office.directory.set_active(official.id, active)
        office.note("enable" if active else "disable", official)
        print(f"{'Đã mở khóa' if active else 'Đã khóa'} {official.name}.")

    return switch


def _code(office: _Office) -> None:
    from bot.server import config

    official = office.official()
    if not official.active:
        raise Trouble(f"{official.name} đang bị khóa. Mở khóa: troly officials enable {official.id}", errors.USAGE)
    linking = Linking(office.directory, config.load(var=office.args.settings.var).secret)
    code = linking.issue(official)
    office.note("code", official)
    print(f"Mã liên kết của {official.name}: {code}\nDùng một lần, trong {VALID_SECONDS // 60} phút: "
          "cán bộ gửi mã này cho trợ lý trên Zalo hoặc Telegram.")


def _links(office: _Office) -> None:
    official = office.official() if office.args.official else None
    links = office.directory.all_links(official.id if official else None)
    if not links:
        print("Chưa có liên kết nào.")
    names = {entry.official.id: entry.official for entry in office.directory.entries()}
    for link in links:
        state = "" if link.alive else f", không gửi được từ {_when(link.dead or 0.0)}"
        print(f"{names[link.official].name} ({names[link.official].username}): {link.channel}, từ {_when(link.linked)}{state}")


def _unlink(office: _Office) -> None:
    official, channel = office.official(), office.args.channel
    gone = [link for link in office.directory.links_of(official) if channel in (None, link.channel)]
    for link in gone:
        office.directory.unlink(link.channel, link.user)
        office.note("unlink", official, outcome=link.channel)
    print(f"Đã hủy {len(gone)} liên kết của {official.name}." if gone else f"{official.name} không có liên kết nào để hủy.")


def _log(office: _Office) -> None:
    official = office.official() if office.args.official else None
    names = {entry.official.id: entry.official.username for entry in office.directory.entries()}
    for line in reversed(office.audit.lines(official.id if official else None, max(1, office.args.most))):
        whose = names.get(line.official or 0, "")
        whom = "" if whose == line.who else whose
        parts = [line.who or "(không rõ)", line.channel, line.account, line.what, whom, line.intent, line.outcome]
        print(_when(line.at), *filter(None, parts))


def _words(official: Official) -> str:
    place = ", ".join(filter(None, (official.agency, official.province)))
    return f"{official.id}. {official.name} ({official.username}), {ROLE_NAMES[official.role]}" + (f", {place}" if place else "")


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, _ZONE):%d/%m/%Y %H:%M}"


_ORDERS: dict[str, Callable[[_Office], None]] = {
    "add": _add, "import": _import, "list": _list, "disable": _switch(False), "enable": _switch(True), "code": _code, "links": _links,
    "unlink": _unlink, "log": _log,
}
