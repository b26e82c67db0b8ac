"""The provinces of Vietnam, those before and after the mergers of 01/7/2025, and their slugs."""

from __future__ import annotations

import re

from knowledge.text.normalize import clean, fold

# The 63 provinces up to 30/6/2025; the 34 since then keep names of these (Nghị quyết 202/2025/QH15).
PROVINCES: tuple[str, ...] = (
    "An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "Bến Tre", "Bình Dương", "Bình Định",
    "Bình Phước", "Bình Thuận", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Đắk Nông", "Điện Biên", "Đồng Nai",
    "Đồng Tháp", "Gia Lai", "Hà Giang", "Hà Nam", "Hà Nội", "Hà Tĩnh", "Hải Dương", "Hải Phòng", "Hậu Giang", "Hòa Bình",
    "Hồ Chí Minh", "Huế", "Hưng Yên", "Khánh Hòa", "Kiên Giang", "Kon Tum", "Lai Châu", "Lạng Sơn", "Lào Cai", "Lâm Đồng",
    "Long An", "Nam Định", "Nghệ An", "Ninh Bình", "Ninh Thuận", "Phú Thọ", "Phú Yên", "Quảng Bình", "Quảng Nam", "Quảng Ngãi",
    "Quảng Ninh", "Quảng Trị", "Sóc Trăng", "Sơn La", "Tây Ninh", "Thái Bình", "Thái Nguyên", "Thanh Hóa", "Thừa Thiên Huế",
    "Tiền Giang", "Trà Vinh", "Tuyên Quang", "Vĩnh Long", "Vĩnh Phúc", "Yên Bái",
)


def province_slug(name: str) -> str:
    """`Bà Rịa - Vũng Tàu` → `ba-ria-vung-tau`."""
    return re.sub(r"[^a-z]+", "-", fold(clean(name))).strip("-")


_BY_FOLDED = {re.sub(r"[^a-z]+", " ", fold(name)): name for name in PROVINCES}


def province_at_start(text: str) -> str | None:
    """The province whose name a text begins with ("Hậu Giang, ngày …"), with or without diacritics; the longest one."""
    folded = re.sub(r"[^a-z]+", " ", fold(clean(text))).strip()
    hits = [key for key in _BY_FOLDED if folded == key or folded.startswith(key + " ")]
    return _BY_FOLDED[max(hits, key=len)] if hits else None
