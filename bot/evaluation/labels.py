"""What categories and styles of questions are called in the tables; a name without an entry stands for itself."""

from __future__ import annotations

STYLES = {
    "clean": "chuẩn",
    "nodiac": "không dấu",
    "abbrev": "viết tắt",
    "noisy": "gõ sai",
    "indirect": "vòng vo",
}

CATEGORIES = {
    "lead": "chủ trì",
    "coop": "phối hợp",
    "due": "thời hạn",
    "result": "kết quả",
    "detail": "chi tiết",
    "count": "đếm",
    "overdue": "quá hạn",
    "upcoming": "sắp đến hạn",
    "list": "danh sách",
    "list_agency": "việc của cơ quan",
    "list_deadline": "việc theo thời hạn",
    "list_group": "việc theo nhóm",
    "indicator_target": "mức chỉ tiêu",
    "indicator_lead": "chủ trì chỉ tiêu",
    "indicator_list": "danh sách chỉ tiêu",
    "target": "mục tiêu",
    "target_list": "danh sách mục tiêu",
    "duty_lead": "chủ trì phần việc",
    "duty_due": "hạn phần việc",
    "duty_list": "danh sách phần việc",
    "reporting": "chế độ báo cáo",
    "document": "văn bản",
    "legal_ref": "căn cứ pháp lý",
    "fact": "số liệu",
    "succession": "cơ quan kế thừa",
    "plan_scope": "phạm vi kế hoạch",
    "compare": "so sánh",
    "start": "mở đầu",
    "ellipsis": "nói tắt",
    "anaphora": "đại từ",
    "choice": "chọn",
    "correction": "sửa lời",
    "topic": "đổi chủ đề",
    "province": "đổi tỉnh",
    "more": "xem thêm",
    "clarify": "hỏi lại",
    "not_found": "không có trong kho",
    "out_of_scope": "ngoài phạm vi",
    "smalltalk": "chào hỏi",
}


def category(name: str) -> str:
    """What a category is called."""
    return CATEGORIES.get(name, name)


def style(name: str) -> str:
    """What a style of writing is called."""
    return STYLES.get(name, name)
