"""Words by which a sentence's actors are found: how names begin, verbs that end them, and verbs' syllables that belong to names.

Lists are parted by " · ". Verbs of two syllables are without diacritics, as scans get those wrong; the rest is as written.
"""

from __future__ import annotations


def _list(words: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in words.split("·"))


#: Names begin so where a capital follows: "Sở Y tế".
BEFORE_CAPITAL = _list("""
    Sở · Bộ · Ban · Cục · Vụ · Viện · Hội · Đoàn · Báo · Đài · Tổ · Phòng · Trường · Trung tâm · Học viện · Bệnh viện · Tòa
    · Thuế · Quỹ · Trạm · Hạt · Đội · Đồn · Kiểm toán · Tạp chí · Đại học · Nhà xuất bản · Vườn quốc gia · Cảng vụ · Tiểu ban
""")

#: Names begin so whatever follows.
BEGINNINGS = _list("""
    UBND · HĐND · MTTQ · UBMTTQ · UBKT · VPTU · BCĐ · BCH · Văn phòng · Tỉnh ủy · Thành ủy · Huyện ủy · Đảng ủy · Đảng bộ ·
    Quân ủy · Công an · Mặt trận · Thường trực · Thường vụ · Thủ trưởng · Chủ tịch ·
    Phó (?:Chủ tịch|Thủ tướng|Bí thư|Giám đốc|Trưởng|Chánh|Cục|Vụ) · Bí thư · Giám đốc ·
    Bộ trưởng · Thứ trưởng · Thống đốc · Tổng Thanh tra · Tư lệnh · Viện trưởng · Hiệu trưởng · Cục trưởng · Vụ trưởng ·
    Chánh · Trưởng · Liên đoàn · Liên minh · Liên hiệp · Hiệp hội · Thanh tra · Kho bạc · Bảo hiểm · Ngân hàng · Bưu điện ·
    Công ty · Tổng [Cc]ông ty · Tập đoàn · Cơ quan · Chi cục · Chi nhánh · Tổng cục · Cấp ủy · Người đứng đầu · [Đđ]ồng chí
    · Thuế cơ sở · Thông tấn xã · Thi hành án · Cổng [Tt]hông tin điện tử · Bộ phận · Ban nhân dân · Ban [Cc]ông tác · Khu phố ·
    Hợp tác xã · BQL · UBMTTQVN · TTPVHCC · Nhà [Tt]hiếu nhi · Công chức (?=[A-ZĐ]) · Thành viên (?=[A-ZĐ])
    · Tỉnh đoàn · Thành đoàn · Chính phủ · Thủ tướng · VNPT · Viettel · Nhân dân · Ban [Cc]hỉ đạo · Ban [Qq]uản lý · Ban
    [Tt]hường vụ · Bộ [Tt]ư lệnh · Bộ [Cc]hỉ huy · Tổng Liên đoàn · Ban [Cc]hấp hành · Ban xây dựng · Báo và · Tổ [Gg]iúp việc ·
    Tổ [Cc]ông tác · Hội đồng · Sở, · Hội, ·
    Viện [Kk]iểm sát · T(?:òa|oà) án · (?:Thuế|Thống kê|Điện lực) (?=tỉnh|thành phố) ·
    Trung tâm (?=xúc tiến|phục vụ|khuyến nông|khuyến công|kiểm soát|chuyển giao|ứng dụng|công nghệ|truyền thông) ·
    Trung tâm (?=văn h(?:óa|oá)|y tế|giáo dục|dịch vụ|phát triển|thông tin|kỹ thuật|giám sát|điều hành|chuyển đổi) ·
    Lãnh đạo (?=các|cơ|đơn|tỉnh|UBND|Sở|HĐND|Văn) · [UuỦủÚú][ỷyýỳ] ban (?=nhân|Nhân|[Kk]iểm|MTTQ|Mặt|Dân)
""")

#: A collective lists these behind "các", "mỗi", "từng".
COLLECTIVES = _list("""
    đồng chí · thành viên · cấp · cơ quan · đơn vị · [Ss]ở · [Bb]an · ngành · [Bb]ộ · địa phương · tổ chức · đoàn thể ·
    [Hh]ội · huyện · thị · xã · phường · UBND · doanh nghiệp · trường · [Cc]ục · [Đđ]ảng · cơ sở · [Vv]iện · báo · hiệp hội
    · ngân hàng · bệnh viện · hợp tác xã · chi bộ · tập đoàn · phòng · [ỦủUu][yỷ] ban · tỉnh · thành · lực lượng · chủ đầu tư · nhà trường
    · thôn · ấp · bản · khu phố · tổ dân phố · trung tâm · trạm · đồn
""")

#: Where a collective may begin without "các" (in the middle of a sentence).
BARE = _list("""
    các · sở · ban · ngành · cơ quan · đơn vị · địa phương · đoàn thể · doanh nghiệp · tổ chức · nhà mạng · viện · trường ·
    đầu mối
""")

#: What is to be done, without diacritics.
VERBS = _list("""
    chu tri · phoi hop · chi dao · lanh dao · huong dan · tham muu · xay dung · trien khai · to chuc · thuc hien · tiep tuc
    · tang cuong · ra soat · theo doi · don doc · kiem tra · giam sat · bao cao · tong hop · de xuat · ban hanh · bo tri ·
    phan bo · hoan thien · hoan thanh · nghien cuu · quan triet · tuyen truyen · cu the hoa · day manh · tap trung · chu
    dong · tich cuc · khan truong · kip thoi · thuong xuyen · dinh ky · can cu · tham dinh · phe duyet · cap nhat · cung cap
    · ung dung · khai thac · dao tao · boi duong · thu hut · ho tro · huy dong · van dong · phat dong · phat huy · phat
    trien · thanh lap · kien toan · ky ket · quan ly · van hanh · bao dam · dam bao · nang cao · mo rong · thuc day · giai
    quyet · xu ly · thao go · tiep nhan · lam viec · lam dau moi · chuan bi · thong bao · gui · tham gia · chiu trach nhiem
    · co trach nhiem · uu tien · dang ky · so ket · tong ket · danh gia · khuyen khich · quyet dinh · thong nhat · xem xet ·
    lua chon · xac dinh · kien nghi · de nghi · yeu cau · phan cong · truc tiep · nghiem tuc · keu goi · ket noi · chia se ·
    so hoa · bieu duong · khen thuong · quy dinh · kiem soat · cong bo · cong khai · phan anh · dieu chinh · nhan rong · dau
    tu · mua sam · ky cam ket · thi hanh · can doi · tranh thu · doi moi · sap xep · dan dat · tien phong · tiep can · tiep
    thu · thuc thi · phan tich · chuyen giao · thi diem · thu nghiem · phan phoi · thuyet minh · ket thuc · co van ban · su
    dung · cong tac · hop tac · tien hanh · khoi day · giu vung · long ghep · don gian hoa · thiet lap · hinh thanh · tich hop · pho
    bien · gioi thieu · dieu tra · tan dung · xuc tien · nang cap · lap dat · trang bi · chuan hoa · lam sach · duy tri · bo sung
    · cung co · niem yet · thu thap · cat giam · tuyen dung · giai ngan · tap huan · ngan chan · dau tranh · rut ngan
    · van dung · ap dung · khac phuc · phong ngua · khao sat · nam bat · giai trinh · chi tra · thanh toan · nghiem thu
    · tham tra · giai dap · cho y kien · cam ket · chan chinh · ung pho
""")

#: Verbs of one syllable, and the syllables that make a longer word with them: "giao" is not "Tuyên giáo", "tạo" not "đào tạo".
SHORT_VERBS = _list("lập · trình · làm · gửi · đưa · tạo · giao · cử · mở · gắn")
FIRST_SYLLABLES = frozenset(_list("""
    đào · chương · quy · công · lộ · quá · tiến · việc · độc · ngoại · chuyển · thành · sáng · tờ
"""))

#: Other words that never stand in a name.
STOPS = _list("""
    đã · đang · được · là · bị · nếu · khi · để · nhằm · theo · thông qua · căn cứ · tại · gặp · còn · vẫn · hiện · chưa ·
    (?<!hàng )không · thì · mà · cũng · nên · bằng · như · do · (?<!và )vừa · từ · về việc · đế · đề(?! án) · với · qua · có(?! liên quan|
    tên| thẩm quyền| chức năng| đủ) · trong(?! hệ thống| tỉnh| Ban| và ngoài| khối| toàn) · trước · sau · đến · nêu
""")

#: "Ban xây dựng Đảng", "cơ quan quản lý", "các tổ chức chính trị": verbs that belong to a name behind a word ("*": all).
NOUN_AFTER: dict[str, frozenset[str]] = {word: frozenset(_list(verbs)) for word, verbs in (
    ("Ban", "chi dao · quan ly · xay dung · to chuc · kiem tra · dao tao · cong tac"),
    ("ban", "chi dao · quan ly · xay dung · to chuc · kiem tra"),
    ("quan", "quan ly · tham muu · thi hanh · bao cao"), ("vị", "quan ly · tham muu"), ("về", "*"), ("tâm", "*"),
    ("Tổ", "*"), ("Quỹ", "*"),
    ("đồng", "quan ly · tham dinh"), ("Viện", "*"), ("viện", "nghien cuu · phat trien"),
    ("sở", "dao tao · nghien cuu · san xuat"),
    ("chí", "lanh dao"), ("chức", "thi hanh"),
    ("các", "to chuc · lanh dao · quy dinh"), ("ty", "dau tu · phat trien"), ("Trường", "dao tao"),
    ("và", "phat trien · dau tu · dao tao"), ("nghiệp", "dau tu"), ("đại", "lanh dao"), ("tác", "chi dao"),
    ("đoàn", "kiem tra · giam sat · cong tac"), ("án", "dau tu · phat trien"), ("QLDA", "dau tu"),
    ("tư", "xay dung · phat trien"), ("dịch vụ", "tong hop"),
)}

#: "tổ chức" is a noun before these: "các cơ quan, tổ chức có liên quan".
ORGANISATIONS = _list("""
    dang · chinh tri · xa hoi · co lien quan · lien quan · ca nhan · doan the · co so · tin dung · hoi
    · khoa hoc · kinh te · doan · tu van · tuong duong
""")
