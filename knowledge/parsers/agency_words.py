"""The words that agency names are made of: how a name begins, which fields a department may carry, what a collective lists.

In lower case with diacritics ("sở" is not "số"), tone marks in the older place ("ủy").
"""

from __future__ import annotations


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


# How an agency's name begins.
HEADS = _phrases("""
    sở, ban, bộ, bộ chỉ huy, bộ tư lệnh, bộ đội biên phòng, công an, quân sự, văn phòng, vp, đài, báo, ngân hàng, hội, hiệp hội,
    liên hiệp, liên hiệp hội, liên hiệp các hội, liên đoàn, tổng liên đoàn, liên minh, đoàn, đoàn thanh niên, tỉnh đoàn, thành đoàn, trường,
    học viện, viện, viện kiểm sát, bệnh viện, trung tâm, thanh tra, cục, chi cục, tổng cục, vụ, phòng, ubnd, ủy ban,
    ủy ban nhân dân, ủy ban mặt trận tổ quốc, hđnd, hội đồng, hội đồng nhân dân, ubmttq, ubmttqvn, mttq, mặt trận,
    mặt trận tổ quốc, tỉnh ủy, thành ủy, huyện ủy, thị ủy, đảng ủy, đảng bộ, quân ủy, thường trực, ban thường vụ, kho bạc,
    bảo hiểm, bhxh, thuế, hải quan, bưu điện, điện lực, công ty, tổng công ty, tập đoàn, vnpt, viettel, mobifone, fpt, tòa án,
    quỹ, tổ, chính phủ, thủ tướng, kiểm toán, thống kê, ngân hàng nhà nước, bch, bch quân sự, chi nhánh, kiểm lâm, doanh nghiệp,
    chủ tịch, cơ quan, đơn vị, bqp, bca, btc, bkhcn, nhnn, vpubnd, hợp tác xã, đội, khối, lãnh đạo, thư viện, bảo tàng,
    người đứng đầu, bí thư, giám đốc, thủ trưởng, trưởng, chánh văn phòng, thành viên, nhóm giúp việc, nhóm công tác, tiểu ban,
    trạm y tế, trạm khuyến nông, hạt kiểm lâm, thi hành án, cảng vụ, vườn quốc gia, nhà xuất bản, nhà thiếu nhi, nhà văn hóa,
    thông tấn xã, tạp chí, cổng thông tin, đồn biên phòng, đại học, phân hiệu, làng văn hóa, công chức, khu phố, bql,
    ttpvhcc""")

# Heads that are no name alone: the head after one belongs to the same name ("Chi cục Hải quan", "Thanh tra Chính phủ").
UNFINISHED = _phrases("""
    ban, bộ, cục, chi cục, tổng, tổng cục, vụ, viện, phòng, hội, hiệp hội, liên minh, công ty, tổng công ty, tập đoàn, thanh tra, trung tâm,
    trường, đội, hạt, lãnh đạo, giám đốc, thủ trưởng, trưởng, chủ tịch, bí thư, thành viên""")

# Heads that stand inside the names of others.
NESTED = _phrases("""
    tỉnh ủy, thành ủy, chi nhánh, nhà nước, quân sự, tổ quốc, mặt trận, đảng ủy, hội đồng, chính phủ, đại học, giám đốc""")

# One body although its name reads like two: how the first part ends and the second begins.
ONE_BODY: tuple[tuple[str, str], ...] = (
    (r"\bbáo$", r"đài|phát thanh"),
    (r"\bđảng ủy (?:mặt trận tổ quốc|mttq)(?: việt nam)?(?: tỉnh| thành phố)?$", r"(?:các )?(?:đoàn thể|tổ chức chính trị)"),
    (r"\b(?:ban quản lý|bql) (?:các )?(?:khu|kcn)\b[^,;]*$", r"(?:các )?(?:khu|kcn)\b"),
)

# Ways to begin a collective, which stands for many.
COLLECTIVE_STARTS = _phrases("các, tất cả các, toàn bộ các, những, một số, địa phương, các cấp, mỗi, từng, sở ban ngành")

# What a collective lists: nouns that are nobody's own name.
GENERIC = _phrases("""
    sở, ban, ngành, địa phương, đoàn thể, cơ quan, đơn vị, tổ chức, hội, hiệp hội, huyện, thị xã, thành phố, xã, phường, thị trấn,
    đặc khu, quận, cấp, bộ, đảng ủy, cấp ủy, sở ngành, ban ngành, sở ban ngành, ngành chức năng, trường, bệnh viện, viện,
    mặt trận, phòng, công an, ubnd, ủy ban nhân dân, đơn vị sự nghiệp, cơ sở, doanh nghiệp, hợp tác xã, chủ đầu tư, thôn, ấp, khu phố,
    tổ dân phố""")

# Nouns for bodies of the state inside a collective: enterprises after them are a party of their own.
STATE_NOUNS = _phrases("sở, ban, ngành, địa phương, bộ, huyện, xã, phường")
ENTERPRISE_NOUNS = _phrases("doanh nghiệp, hợp tác xã, công ty, tập đoàn")

# Enterprises that one word names.
NAMED_ENTERPRISES = _phrases("vnpt, viettel, mobifone, vietnamobile, fpt, cmc, evn, vietcombank, vietinbank, agribank, bidv")

# The fields of departments whose names hold commas or "và" (Nghị định 24/2014, 107/2020, 45/2025), and the plain ones.
DEPARTMENT_FIELDS: tuple[str, ...] = (
    "văn hóa, thể thao và du lịch", "văn hóa thể thao và du lịch", "văn hóa, thể thao", "văn hóa và thể thao",
    "văn hóa, thông tin, thể thao và du lịch", "khoa học và công nghệ", "khoa học công nghệ", "thông tin và truyền thông",
    "thông tin truyền thông", "kế hoạch và đầu tư", "kế hoạch đầu tư", "giáo dục và đào tạo", "giáo dục đào tạo",
    "giao thông vận tải", "giao thông công chánh", "tài nguyên và môi trường", "tài nguyên môi trường",
    "nông nghiệp và môi trường",
    "nông nghiệp và phát triển nông thôn", "lao động - thương binh và xã hội", "lao động, thương binh và xã hội",
    "lao động thương binh và xã hội", "dân tộc và tôn giáo", "quy hoạch - kiến trúc", "quy hoạch kiến trúc", "y tế", "nội vụ",
    "tài chính", "tư pháp", "xây dựng", "công thương", "ngoại vụ", "du lịch", "an toàn thực phẩm", "công nghiệp", "thương mại",
    "quốc phòng", "công an", "ngoại giao", "nông nghiệp",
)

# What work produces: a cell of results begins so, an agency's name does not hold it.
PRODUCTS = _phrases("""
    kế hoạch, đề án, báo cáo, quyết định, chương trình, nghị quyết, văn bản, dự án, tờ trình, hướng dẫn, công văn, quy chế,
    quy trình, danh mục, cơ sở dữ liệu, nền tảng, hệ thống, giải pháp, chỉ thị, thông báo, hồ sơ, phần mềm, mô hình, chiến
    lược, tài liệu, hội nghị, hội thảo, lớp, các lớp, bộ tiêu chí, quy định, cơ chế, chính sách, sản phẩm, ứng dụng, biên bản,
    hợp đồng, khung, kiến trúc, thông tư, nghị định, luật, phương án, kết luận, cuộc, tin bài, chuyên mục, số liệu, tỷ lệ,
    mạng lưới, quy hoạch, phong trào, kết quả, dịch vụ""")

# Words that stand in what is done or made, never in the name of who does it.
NEVER_IN_NAME = _phrases("""
    được, phối hợp, tổng hợp, triển khai, ban hành, báo cáo, đề xuất, hoàn thành, là, trọng tâm, nhằm, thực hiện,
    chuyển đổi số""")
