"""The words of orders about reminders, as patterns over texts that `spoken.folded` gives: polite words, verbs, whole phrases."""

from __future__ import annotations

import re

from bot.reminders.targets import ROW

_WORDS = {
    "ROW": ROW,
    "ME": r"(?:em|tôi|toi|minh(?! bach)|tui|tớ|anh|chi(?! (?:tieu|so|cuc|nhanh|bo|dao|thi))|chung (?:em|tôi|toi|minh)|ben em|don vi em)",
    "NOT_NUMBERED": r"(?! (?:so )?\d| (?:nay|do|đó|ay|kia|thu)(?!\w))",  # "nhắc việc 24": the row's word, not a part of "nhắc việc"
    "REMIND": r"nhac(?: nho| viec{NOT_NUMBERED}| hen| han| lai| them)*",
    "FOR_ME": r"(?:(?: cho| giup| gium| ho| dum|ca)* {ME}(?!\w))",
    "YOU": r"(?:anh|chi|ban|bot|ad|admin|(?:tro|trợ) ly(?: ao)?|em)",
    "ALL": r"(?:het|tất ca|tat ca|toan b[oộ]|moi|mọi|cac)",
    "FINISHED": r"(?:xong|hoàn thanh|hoan thanh|hoàn tất|hoan tat)",
    "WORKED": r"(?:lam |xu ly |bao cao |nop |thuc hien |giai quyet )",
    "WHAT": r"(?:gi|nao|viec gi|viec nao|nhiem vu nao)(?!\w)",
    "SET_UP": r"(?:dat|tao|them|len|cai|hen|lap|ghi)(?: (?:lich|gio|mot|1|cai|them|loi|che do|cho {ME}))*",
    "CHANGE": r"(?:doi|chuyen|sua|chinh|dat|cai|thay doi|dieu chinh|cap nhat)(?: lai)?",
    "CALENDAR": r"lich(?: (?:nhiem vu|cong viec|viec|thoi han|han|ics|icalendar|dien tu|google|outlook))?",
    "FETCH": r"(?:(?:em|tôi|toi|minh|xem|lay|gui|tao|xin|link|lien ket|dia chi|duong dan|file|tep|tai|mo|cho|dang ky|them|ket noi|dong bo"
             r"|cap) )*",
    "AGENCY": r"(?:so|don vi|co quan|phong|ban|nganh|van phong|ubnd|uy ban)",
}


def _words(*alternatives: str) -> re.Pattern[str]:
    """One of the alternatives, `{NAME}` in them replaced by the words of that name."""
    pattern = "|".join(alternatives)
    while filled := re.sub(r"\{([A-Z_]+)\}", lambda match: _WORDS[match.group(1)], pattern):
        if filled == pattern:
            return re.compile(pattern)
        pattern = filled
    raise ValueError("no pattern")


#: A message without any of these words is no order: nearly all questions are done with here.
STEM = _words(
    r"(?<!\w)(?:nhac|hoan|hoàn|xong|lich|tat|bat|mo|lui|doi|dời|gui|bao|nhan|xem|biet|link|ics|icalendar|liet ke|tom tat|cho|mail|e-?mail"
    r"|gmail|thu dien tu|dung)(?!\w)")

# -- questions

ASKING = _words(
    r"(?<!\w)(?:o dau|đâu|cho nao|trang nao|may lan|may viec|bao nhieu|ai|khi nao|bao gio|luc nao|chung nao|vi sao|tai sao|sao"
    r"|co phai|la gi|gi|nao|chua|the nao|ra sao|may gio|ngay may|thang may|hay khong|phai khong|dung khong|đúng khong)(?!\w)")
WHETHER = _words(r"(?<!\w)(?:co(?! the)|da|co duoc|co bi|duoc) .{0,60}(?:khong|chua)\s*\??$")
POLITELY_ASKED = _words(r"(?:duoc|co duoc) (?:khong|chu|chua)\W*$", r"(?:nhe|nha|voi|a|ạ|giup|gium)\W*$")
LEAVE_ASKED = _words(r"duoc (?:khong|chua)\W*$")
#: What makes even a standing order a question: "hằng tuần gửi báo cáo cho ai".
STANDING_ASKED = _words(r"(?<!\w)(?:ai|bao nhieu|vi sao|tai sao|o dau|khi nao|bao gio|khong|chua$|the nao|la gi)(?!\w)")

# -- polite words at both ends

_AFTER_CALL = r"(?:\s*[,.!:;-]+\s*|\s+)"
FIRST = _words(
    r"^\s*(?:chao|xin chao|dạ|da(?=\s*,)|vang|alo|a lo|hi|hello|hey|nay|ok|oke|okay|uh|u|a|thoi(?=\s*,| (?:dung|đừng)(?!\w))|the|vay"
    r"|vay thi|gio(?! nhac)|bay gio|tien the|nhan tien|luu y)(?: {YOU}(?: oi| nhe| a)?)?" + _AFTER_CALL,
    rf"^\s*(?:{{YOU}} (?:oi|a|nay)|oi){_AFTER_CALL}",
    r"^\s*(?:lam on|xin vui long|vui long|xin|hay|nho {YOU}|nho|phien {YOU}|giup(?: cho)?(?: (?:em|tôi|toi|minh))?|co the|duoc)\s+",
    r"^\s*(?:em|tôi|toi|minh|anh|chi) (?:muon nho|muon nhan|muon duoc|muon|can|dang can|nho|dang muon|xin phep|xin)(?: {YOU})?\s+",
    r"^\s*{YOU} (?:co the|hay|nho|lam on|vui long)\s+",
    r"^\s*cho (?:em|tôi|toi|minh)(?: xin)?\s+",
)
LAST = _words(
    r"(?:[\s,.!?;:)]+|^)(?:nhe(?: {YOU})?|nua nhe|nha|nhen|nghen|hen|nghe|ha|he|voi|a|ạ|di|day|luon"
    r"|(?:giup|gium|ho|dum)(?: (?:em|tôi|toi|minh|anh|chi))?|(?:co )?duoc khong|duoc chu|duoc chua|duoc ha|please|pls|plz"
    r"|(?:(?:em|tôi|toi|xin) )*cam on(?: (?:{YOU}|nhieu|nhe|truoc))*|thanks|thank you|tks|thank)\s*[.!?~)]*$")
COULD_YOU = _words(r"^(?:{YOU} )?co the (?P<what>.+?)(?: duoc)? (?:khong|chu)\W*$")

# -- reminders of one thing

REMIND_ME = _words(r"(?<!\w){REMIND}{FOR_ME}")
REMIND_FIRST = _words(r"^(?:{SET_UP} |bat )?{REMIND}(?!\w)(?! (?:toi|tới|den) (?:nghi|quyet|van ban|luat|chi thi))")
SET_UP = _words(r"^{SET_UP} {REMIND}(?!\w)")
TELL_ME = _words(r"^(?:bao|thong bao|nhan|nhắn|alo|goi|canh bao|gui thong bao)(?: truoc)?{FOR_ME}(?: truoc| biet)*(?!\w)")
#: What may stand before "nhắc em" in an order.
LEADS_IN = _words(
    r"(?:^|[,.;:!?]|(?<!\w)(?:thi|de|nho|hay|nen|roi|va|duoc|muon|can|xin|giup|phai|la|{YOU}|co the))\s*$", r"{ROW}\s*$")
#: To remind somebody else.
OTHERS = _words(
    r"^{REMIND}(?: cho| giup| gium| ho)* (?:ca (?:phong|so|co quan|don vi|nhom|team|ban)|(?:tất ca|tat ca )?(?:moi|mọi) nguoi"
    r"|cac (?:anh|chi|ban|phong|don vi|dong chi|can bo|so)|(?:lanh dao|truong phong|pho phong|giam doc|pho giam doc|chuyen vien|van thu"
    r"|ke toan|sep|can bo)(?! (?:em|tôi|toi|minh)))(?!\w)")
NAMED = re.compile(
    r"(?i:nhắc|nhac)(?: (?i:cho|giúp|giùm|hộ|giup|gium|ho))? (?i:anh|chị|chi|ông|ong|bà|ba|cô|co|chú|chu|bạn|ban|đồng chí|dong chi|đ/c)"
    r" [A-ZĐÀ-Ỹ][a-zà-ỹđ]+(?: [A-ZĐÀ-Ỹ][a-zà-ỹđ]+){0,3}"
    r"(?= (?i:nhiệm vụ|nhiem vu|nv|việc|viec|về|ve|làm|lam|nộp|nop|họp|hop|báo cáo|bao cao|trước|truoc|sáng|chiều|mai|thứ|lúc|ngày)(?!\w))")
#: Said about reminding, not asked for: "đã nhắc", "văn bản nhắc", "ai nhắc".
TOLD_OF = _words(r"(?<!\w)(?:da|tung|se|van ban|tai lieu|nghi quyet|ke hoach|thong bao|cong van|ban|duoc|bi|ai) nhac(?!\w)")
UNMARKED_TO = _words(r"^{REMIND} toi(?!\w)")  # "nhắc tôi", or "nhắc tới" without its marks
LISTED = _words(r"(?:cac|nhung|may|het|toan b[oộ]|tất ca|tat ca|danh sach|sap|so|ten)(?!\w)")
#: Rather which work than when: "tháng 12 gửi em danh sách nhiệm vụ".
WHOLE_UNIT = _words(r"^(?:trong |vao |cua )?(?:tuan|thang|quy|nam)(?!\w)")
#: What is sent once, where the time comes first: "cuối tháng gửi em danh sách việc trễ".
ONCE = _words(
    r"^(?:thi )?(?:gui|nhan|nhắn|tong hop|tom tat|liet ke)(?: (?:tin|lai))*(?: cho| giup)* {ME}"
    r" (?:(?:tin|ban|danh sach|tom tat|tong hop|ds) )+"
    r"(?:(?:cac|nhung) )?(?:viec|nhiem vu|cong viec|dau viec)(?!\w)(?! \d)")
SENDING = _words(
    r"(?<!\w)(?:gui|nhac|bao|thong bao|nhắn|liet ke|tom tat|tong hop|cap nhat|cho|diem)(?: (?:viec|lai|nho|tin))*"
    r"(?: cho| giup| qua)* {ME}(?!\w)")

# -- no more, again, later

MUTE = _words(
    r"^(?:tat|dung|đừng|ngung|thoi|bo|huy|xoa|ngat|khoa|cham dut)(?: (?:{ALL}|viec|che do|chuc nang|co|di|gui|nhan|luon|lời|loi))*"
    r" (?:{REMIND}|thong bao nhac)(?!\w)",
    r"^(?:tat|ngung)(?= {ROW})",
    r"^(?:{ME} )?(?:khong|thoi|het)(?: (?:can|muon|phai|co|nen|nhan|gui|duoc))* {REMIND}(?!\w)(?=.*nua|.*{ROW}|$)",
)
STOP = _words(r"^(?:tat|dung|đừng|ngung|thoi|bo|huy|khong)(?: (?:can|muon|nhan|viec|lich|nua))* (?:gui|nhan|tom tat|nhac)(?!\w)")
UNMUTE = _words(
    r"^(?:bat|mo|khoi phuc|tiep tuc|noi)(?: lai)?(?: (?:{ALL}|che do|chuc nang))* (?:{REMIND}|thong bao nhac)(?!\w)",
    r"^(?:bat|mo) lai (?={ROW})",
    r"^{REMIND}{FOR_ME}?(?= .*(?:nhu cu|binh thuong tro lai)$)",
)
SNOOZE = _words(
    r"^(?:(?:tam|tạm) )?(?:(?:hoan|lui)(?: (?:viec(?= nhac)|lai|lich))*|doi(?= (?:viec )?(?:nhac|lich nhac))|dời(?= (?:viec )?nhac))"
    r"(?: {REMIND})?{FOR_ME}?(?: (?:lai|viec{NOT_NUMBERED}))?(?: (?:den|sang|toi|tới))?(?!\w)")
AGAIN = _words(
    r"^(?:de )?(?:thi )?nhac(?: viec)? (?:lai|tiep){FOR_ME}?(?: (?:viec{NOT_NUMBERED}|sau))?(?!\w)",
    r"^de (?:do )?(?:thi |hay |roi |moi )*nhac{FOR_ME}?$")
#: Not now: with a time it puts off ("hôm nay đừng nhắc nữa", "không nhắc việc 24 đến hết tháng").
HUSH = _words(
    r"^(?:{ME} )?(?:thoi )?(?:dung|đừng|khoi|khong|ngung|tat|thoi|mien|(?:tam|tạm) (?:dung|ngung|tat|thoi))"
    r"(?: (?:co|can|phai|gui|viec))* {REMIND}{FOR_ME}?(?: nua)?(?!\w)")
FOR_NOW = _words(r"(?<!\w)(?:trong |ca )?(?P<unit>tuan|thang|quy) nay(?!\w)")
UNTIL = _words(r"(?<!\w)(?:den|tới|toi|cho den|qua)(?! han)(?!\w)")
LONG = _words(r"(?<!\w)(?:tuan|thang|quy|nam)(?!\w)")
EVERYTHING_OFF = _words(r"^(?:tat|dung|ngung)(?: (?:lai|luon|di))* {ALL}(?: (?:di|luon))*$")
END_SUMMARIES = _words(
    r"^(?:tat|dung|đừng|ngung|thoi|bo|huy|khong)(?: (?:can|muon|nhan|gui|cho|{ME}|nua|tin|ban))* tom tat(?: viec)?"
    r"(?: (?:dau|hang|moi|cua))?(?: (?:tuan|thang|ngay|so|tinh|don vi))?(?: nua)?$")
#: About the work itself, not about being reminded of it.
NOT_MINE = _words(r"(?<!\w)(?:thoi han|han|tien do|gia han|ke hoach|cuoc hop|hop)(?!\w)")
EVERYTHING = _words(r"(?<!\w)(?:het|tất ca|tat ca|toan b[oộ]|moi thu|mọi|tất)(?!\w)")

# -- done, seen

DONE_FIRST = _words(
    r"^(?:(?:so|don vi|co quan|phong|ben) {ME} |{ME} )?(?:da )?{WORKED}?{FINISHED}(?: xong)?(?: roi)?(?!\w)(?: bao cao)?")
SURELY_DONE = _words(r"^(?:\w+ (?:\w+ )?{ME} |{ME} )?(?:da |xong)", r" roi(?!\w)", r"^hoàn")
DONE_LAST = _words(
    r"(?<!\w)(?:{ME} |thi |ben em |so em |don vi em )*(?P<da>da )?(?:duoc )?{WORKED}?{FINISHED}(?: xong)?(?P<roi> roi| het roi)?$")
SEEN = _words(
    r"^(?:{ME} )?da (?:nhan|xem|biet)(?: duoc)?(?: (?:nhac viec{NOT_NUMBERED}|nhac|thong bao|tin|tin nhac|het|tất ca|tat ca))*"
    r"(?: roi)?(?!\w)")
BUTTON = _words(r"^(?P<what>tat|hoan|da xong|da nhan|bat) (?:so |muc |viec so )?(?P<n>\d{1,2})$")

# -- where to

CHANNEL = _words(
    r"^(?:{CHANGE} |chuyen )?(?:(?:kenh|noi|cach) )?(?:gui|nhan|chuyen|nhac|bao|lay)?(?: (?:tin|lai|het))*(?: ?{REMIND})?"
    r"(?: (?:cho )?{ME})?(?: (?:tin|thong bao))*(?: (?:qua|bang|vao|toi|tới|den|sang|ve|o|tren|thanh|la))+ (?:kenh |dia chi |hop thu )*"
    r"(?P<name>e ?-?mail|gmail|mail|thu dien tu|telegram|tele|zalo)(?: (?:cua {ME}|thoi|oa|bot|la))*(?: ?:)?$")
NO_EMAIL = _words(
    r"^(?:bo|xoa|huy|go|ngung|thoi|tat|dung|khong)(?: (?:gui|nhan|{REMIND}|nua|dia chi|qua|bang|vao|viec))*"
    r" (?:e ?-?mail|gmail|mail|thu dien tu)(?: (?:cua {ME}|nua))*$")

# -- what there is, the hour, help

LIST = _words(
    r"(?<!\w)(?:{ME} )?(?:hien |hien tai |hien dang )?(?:co )?dang (?:duoc |co |dat |bat )?{REMIND}(?: cho {ME})?"
    r"(?: (?:nhung|cac|ve|viec|nhiem vu|may))* {WHAT}",
    r"^(?:{ME} )?(?:dang )?(?:duoc|da dat|da bat|co|dat|da hen) (?:nhung |cac |may )?(?:lich |loi |cai )?{REMIND}(?: cho {ME})? "
    r"(?:nhung |cac )?(?:viec |nhiem vu |lan )?{WHAT}",
    r"^(?:xem|liet ke|danh sach|cho xem|kiem tra|hien|in|mo|coi|cac|nhung|dsach|ds)"
    r"(?: (?:{ALL}|lai|danh sach|nhung|muc|lich|loi|cai|ds))* {REMIND}(?: (?:cua {ME}|dang (?:bat|dat|co|chay)|da dat|hien co))*$",
    r"^(?:lich|danh sach) {REMIND}(?: (?:cua )?{ME})?$",
    r"^{REMIND} cua {ME}$",
    r"^con (?:nhac|lich nhac) nao(?: khong)?$",
    r"^(?:{ME} )?(?:dang )?(?:co|dat|hen) (?:bao nhieu|may) (?:lời|loi|lich|cai|viec) {REMIND}$",
)
HOUR = _words(
    r"{CHANGE} (?:gio|thoi gian|khung gio|thoi diem)(?: (?:gui|nhan|cua))*(?: tin| thong bao)? {REMIND}(?: hang ngay| moi ngay)?"
    r"(?: cua {ME})?(?: thanh| la| qua| sang)?(?!\w)",
    r"^(?:gio|thoi gian|khung gio)(?: (?:gui|nhan))? {REMIND}(?: cua {ME})?(?: la| thanh)?$",
    r"^(?:gui|nhan)(?: tin)? {REMIND}(?: cho {ME})?(?: vao| luc| hang ngay| moi ngay)*$",
)
HELP = _words(
    r"^(?:(?:tro giup|huong dan|chuc nang) )?nhac (?:viec|nho)$",
    r"(?:cach|lam sao|lam the nao|lam cach nao|huong dan|lam gi)(?: (?:de|cach|co the|{ME}|dung|su dung|thi))* "
    r"(?:(?:dat|tat|bat|hoan|doi|tao|huy|cai|hen|xem)(?: gio| lich| lai)* )?(?:duoc )?{REMIND}(?!\w)",
    r"^(?:dat|tat|bat|hoan|doi gio|tao|huy|hen|cai) {REMIND} (?:the nao|nhu the nao|ra sao|kieu gi|lam sao|bang cach nao)$",
)

# -- calendars

CALENDAR = _words(
    r"^{FETCH}{CALENDAR} (?:cua )?{ME}(?: (?:ve|vao|qua|sang) (?:dien thoai|google|outlook|may)(?: calendar)?)?$",
    r"^(?:xin |lay |tao |gui )(?:link |dia chi )?lich(?: ics| icalendar)?$",
    r"^(?:link|file|tep) (?:lich|ics|icalendar)$",
)
AGENCY_CALENDAR = _words(
    r"^{FETCH}{CALENDAR}(?: chung)?(?: cua)? {AGENCY}(?: (?:minh|em|tôi|toi|ta|chung toi|chung tôi|chung em))?$",
    r"^{FETCH}{CALENDAR} {AGENCY} (?:cua )?{ME}$",
)
NO_CALENDAR = _words(
    r"^(?:huy|thu hoi|xoa|ngung|tat|vo hieu|khoa|go|bo)(?: (?:{ALL}|link|lien ket|dia chi|duong dan|chia se|dong bo))* {CALENDAR}"
    r"(?: (?:dong bo|chia se))?(?: (?:cua )?(?:{ME}|{AGENCY}(?: {ME})?))?$")
