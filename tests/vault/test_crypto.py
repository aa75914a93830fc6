"""Sealing, opening and signing: what opens, what is refused, and vectors that are kept for ever."""

import re
import struct
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peersupport.vault import crypto
from peersupport.vault.crypto import Header, Keys, Refused, Sealed

A, B, C = (UUID(int=number) for number in (1, 2, 3))
TEXT, MATCH = UUID(int=10), UUID(int=11)
SALT, PEPPER = bytes(range(16)), bytes(range(32))
ann, bea, cleo = (Keys(user, 1, bytes([number]) * 32) for number, user in enumerate((A, B, C), start=1))
HEADER = Header("note", TEXT, 1, MATCH, A, 1)


def written(content=b"What we said.", header=HEADER, author=ann):
    sealed, key = crypto.seal(content, header, author)
    wrap, signature = crypto.grant(key, header, bea.public, author)
    return sealed, wrap, signature


def read(sealed, wrap, signature, *, header=HEADER, reader=bea, author=ann, granter=ann):
    key = crypto.take(wrap, signature, header, reader, granter.public)
    return crypto.open_text(sealed, key, header, author.public)


@given(st.binary(max_size=5000))
@settings(deadline=None, max_examples=60)
def test_a_reader_reads_what_was_written_and_its_size_is_known_to_a_kibibyte_only(content):
    sealed, wrap, signature = written(content)
    assert read(sealed, wrap, signature) == content
    assert (len(sealed.ciphertext) - 1 - 16) % 1024 == 0
    assert content[:8] not in sealed.ciphertext or len(content) < 3


def test_two_texts_of_another_length_look_the_same():
    assert {len(written(b"x" * size)[0].ciphertext) for size in (0, 1, 500, 1020)} == {1 + 1024 + 16}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "reflection"},
        {"text": UUID(int=99)},
        {"revision": 2},
        {"relationship": UUID(int=99)},
        {"author": B},
        {"author_version": 2},
    ],
)
def test_a_text_opens_only_as_what_it_is(change):
    with pytest.raises(Refused):
        read(*written(), header=replace(HEADER, **change))


def test_somebody_elses_wrap_opens_nothing():
    sealed, wrap, signature = written()
    with pytest.raises(Refused):
        read(sealed, wrap, signature, reader=cleo)
    with pytest.raises(Refused):
        read(sealed, wrap, signature, reader=Keys(B, 2, bea.seed))


def test_a_wrap_of_another_text_or_revision_is_refused():
    sealed, _wrap, _signature = written()
    for header in (replace(HEADER, text=UUID(int=12)), replace(HEADER, revision=2)):
        _other, wrap, signature = written(header=header)
        with pytest.raises(Refused):
            read(sealed, wrap, signature)


def test_whoever_did_not_write_or_grant_it_can_not_have_done_so():
    sealed, wrap, signature = written(author=cleo)
    with pytest.raises(Refused):
        read(sealed, wrap, signature, granter=cleo)
    with pytest.raises(Refused):
        read(sealed, wrap, signature, granter=ann, author=cleo)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_flipped_bit_anywhere_is_refused(data):
    sealed, wrap, signature = written()
    parts = {
        "nonce": sealed.nonce,
        "ciphertext": sealed.ciphertext,
        "signed": sealed.signature,
        "wrap": wrap,
        "granted": signature,
    }
    name = data.draw(st.sampled_from(sorted(parts)))
    bit = data.draw(st.integers(0, 8 * len(parts[name]) - 1))
    changed = bytearray(parts[name])
    changed[bit // 8] ^= 1 << bit % 8
    parts[name] = bytes(changed)
    with pytest.raises(Refused):
        read(Sealed(parts["nonce"], parts["ciphertext"], parts["signed"]), parts["wrap"], parts["granted"])


@pytest.mark.parametrize("cut", [b"", b"\1", b"\2" + b"x" * 200])
def test_what_is_cut_short_or_of_another_version_is_refused(cut):
    sealed, wrap, signature = written()
    for broken in (Sealed(sealed.nonce, cut, sealed.signature), Sealed(sealed.nonce, sealed.ciphertext, cut)):
        with pytest.raises(Refused):
            read(broken, wrap, signature)
    with pytest.raises(Refused):
        read(sealed, cut, signature)
    with pytest.raises(Refused):
        crypto.unlock(b"k" * 32, cut, b"about")
    with pytest.raises(Refused):
        crypto.open_own_box(cut, bea)


def test_padding_that_was_not_made_here_is_refused():
    for padded in (
        b"",
        b"\0" * 1023,
        struct.pack(">I", 5000) + b"\0" * 1020,
        struct.pack(">I", 1) + b"ab" + b"\0" * 1018,
    ):
        with pytest.raises(Refused):
            crypto._unpadded(padded)


@given(st.lists(st.binary(max_size=9), max_size=5), st.lists(st.binary(max_size=9), max_size=5))
def test_no_two_lists_of_fields_pack_alike(one, other):
    assert (crypto.pack(*one) == crypto.pack(*other)) == (one == other)


def test_a_box_is_opened_by_its_reader_alone():
    box = crypto.box(b"a draft", bea.public)
    assert crypto.open_own_box(box, bea) == b"a draft"
    with pytest.raises(Refused):
        crypto.open_own_box(box, ann)


def test_both_compare_the_same_two_numbers_and_another_key_changes_its_own_alone():
    shown = crypto.comparison(ann.public, bea.public)
    assert shown == crypto.comparison(bea.public, ann.public)
    other = crypto.comparison(ann.public, Keys(B, 1, cleo.seed).public)
    assert other.rows[0] == shown.rows[0]
    assert other.rows[1] != shown.rows[1]
    assert str(other) != str(shown)


def test_each_number_stands_for_one_persons_keys_alone():
    """A number made of both falls to whoever looks for two keys at once: 30 digits each, whole, side by side."""
    rows = dict(crypto.comparison(ann.public, bea.public).rows)
    assert dict(crypto.comparison(ann.public, cleo.public).rows)[A] == rows[A] == crypto.fingerprint_digits(ann.public)
    assert all(re.fullmatch(r"(\d{5} ){5}\d{5}", digits) for digits in rows.values())
    drawn = {crypto.fingerprint_digits(Keys(A, 1, crypto.new_seed()).public) for _ in range(200)}
    assert len(drawn) == 200
    assert len({digits[0] for digits in drawn}) == 10


def test_keys_never_show_themselves():
    assert ann.seed.hex() not in repr(ann)
    assert repr(ann.seed) not in repr(ann)
    assert "ciphertext" not in repr(written()[0])


# Known answers of version 1: a change that breaks one of these can't read what people wrote before.


def test_version_1_derives_the_same_keys_for_ever():
    assert ann.public.encryption.hex() == ENCRYPTION
    assert ann.public.signing.hex() == SIGNING
    assert ann.public.fingerprint.hex() == FINGERPRINT
    assert crypto.from_password("a long password for tests", SALT, PEPPER).hex() == FROM_PASSWORD
    assert HEADER.packed.hex() == PACKED_HEADER
    assert crypto.fingerprint_digits(ann.public) == DIGITS


def test_version_1_opens_what_was_sealed_once_for_ever():
    sealed = Sealed(bytes.fromhex(NOTE_NONCE), bytes.fromhex(NOTE), bytes.fromhex(NOTE_SIGNATURE))
    assert read(sealed, bytes.fromhex(WRAP), bytes.fromhex(WRAP_SIGNATURE)) == b"What we said."
    assert crypto.unlock(SALT * 2, bytes.fromhex(LOCKED), b"about") == b"seed"
    assert crypto.open_own_box(bytes.fromhex(BOX), bea) == b"a draft"


def test_version_2_of_a_password_wrap_derives_from_one_form_of_a_password_for_ever():
    """Composed or decomposed, full width or not: what a keyboard sends differs, what somebody typed does not."""
    composed = crypto.from_password("café contraseña über", SALT, PEPPER).hex()
    assert composed == FROM_ACCENTS
    assert crypto.from_password("cafe\u0301 contrasen\u0303a u\u0308ber", SALT, PEPPER).hex() == composed
    assert crypto.from_password("ｃafé contraseña über", SALT, PEPPER).hex() == composed
    assert crypto.from_password("cafe contrasena uber", SALT, PEPPER).hex() != composed


FROM_ACCENTS = "2640af596c0de4991cb47de76442886a73ec25c79b29d9d8f3ff27fbf1a13f5b"
ENCRYPTION = "aa8b13e9b9d644534fc4d57d33119fe080eddc48975228dd47651ce3393efd70"
SIGNING = "edd49159c03b207969a4083cea9d457d743e245f2e62b7b04af404fb59ac06c6"
FINGERPRINT = "13602cda5550e03d5ac133c50e2fb90d"
FROM_PASSWORD = "06651b2f8b98becf27846e12ac1f5c51fc2ac8363412d2e60ad2df91d39f8de8"
PACKED_HEADER = (
    "000000046e6f7465000000080000000000000001000000100000000000000000000000000000000a0000000800000000000000010000"
    "00100000000000000000000000000000000b0000001000000000000000000000000000000001000000080000000000000001"
)
DIGITS = "90219 40845 59565 27787 22165 47359"
NOTE_NONCE = "f029a71c4578a12a6ae5d419ff393f9cd417e896a022bd44"
NOTE = (
    "01fc585edf4bdacd668efc2ddbd77b2cedacaece526df093af463a642817fa6b202bfa395ddd2cc33a1211ab6d04512890ed6970cf7d"
    "99bbe5c074857f96a5a5274211b910ab60b7383c651cac867764bcc37c1054e8710ea7d608805d2f18eb7fdde9c307879c4490c3da1d"
    "4747fc1564efc6f306014917a0084178d590d5c1591bc64e0244673080f4a4f05555b22e4efa81420f048734a605f4c21583de060d31"
    "adf32459e7896d55432ee4ec8821f67ce2f21eab4a3b2d8f1f1cbf8a10951b7aa3d9d6466869d3928799ddb9b35ba5a9d566cb60c8c8"
    "44adb9d73fe81e5ff052144b0778fe05b61fb919a7cd06dcd6a0e1bca34cb3c5bfa4394d51347494cb8ecab5bd297995b4022566f4c9"
    "546784674672e91f2fb9c70512a11715cfef606e65f7e515caca154db5d6677ed537f3a298a04539123642f116e8391cf38147de962c"
    "fc8f2ac35044523eb09b3f3c0559a8df459a1b17a827c1b32e2ac20b3063926a2ab1e6a8e871bb42efd8892434a8b197ba964036915f"
    "1a2532a156b43ddcd52e52af7c3feae2693efc2571ef80871d04bc0a97c20ee1bab0fe2e1c247de1335177ddbac0c451b27b4b57bbbc"
    "8f919722f917ee5357e21ab44c06145985015c1bfc6a2fb152706408102be8785bfd549dcba91506564e495f11fe864eb49b4bee2798"
    "e81af099b9991285d1097405b37142785f0e29f2266ccfbcea8261f80b9898b57ba283c2154744b865f426854c8e665e1ca501aa81a7"
    "8b470fb789249a4b27819428961d9c30e1aef6dad343fdb7c7b5c0e6fb382e81d22d9e14572e4f47c9ffba53baddd8f3e0183ff2d644"
    "b45d7e98de9e1d3ee44989f776f295f31ddd6b7654899b851484a33d5332e28d9d34bda5cdd250d21255c51b8a781aa48fc093876100"
    "27f5451b160872780128e2cd455592e3e50e461194bdb62b77aa1349cf3216fd1449cecf7e6385157e1f8f80f9626e13087858ba7b64"
    "e5d672eb22232e80d7b277bbb10d109b8b756d045192c52592575ab7fffe45173966d09060dfbbd2d227e4ac9deececc40a3095b7cdb"
    "70c29639780f086b639a8f8ad9eeaffba7a1a8017c8036dffc08ebe3e5e4bdd44b0a568a8ac6c73a6df7f7e87f70f07bf4edd35ff520"
    "7cb08ee8621ac19a190fc5fb64dbc9b0d1ad41384190edeaec6c1122bc37d5b303025368f78be775cdc9860b2eebf9d371b24e07d1bc"
    "b571816bd706e7f40ba3a33ee61f13f2f4266de7788b9f63449c75caf27e444efb543c6dc31eca737143c092f3a26dfbc0348cbddc1f"
    "c46838acacb327236cbcd54fbaa02918a76a9ee02e568aa2c04cca38aa16fda0f1b4b8eb36863fc6e8a291a629470344e8d29fefd7cc"
    "19b3043aac9756da34898969e982b774c7b3d79a2e1f6cd38f9c77401951a5cfa4321e658ee18bea79b4cbac4d85712492361c847c47"
    "d841b466f4c6ee8711d6ec951b7639"
)
NOTE_SIGNATURE = (
    "b15e32c327d1931461ab491140be5cdf5252b0b36b5ff427025a1380f9959971380ea375cc466d8ce4ecf58fcbc673ebea3883018a21"
    "7c849bbe1161add3710e"
)
WRAP = (
    "01ceb2b18e9a0f7ee925646617442d3db8591ad3689856096266a7d875d77f747977d4621272c0d58a6e39464743a93ca03fa7c9f445"
    "2d2ccc572c31bb773cd4f49bf0175b4adbc4b115cdd8aee4b19084af2356432a204e609143ee899472947693c35877fce0ad80c5a10a"
    "e8a69d735f"
)
WRAP_SIGNATURE = (
    "f0ccd7ebb486722e82eedd1c32d147e0e539ac9b096b2234bc4bd82e89b320aaf753fb5cae0e3811aea96c7eee66040f5ce028e9278a"
    "4ac7e91ee3c925b19308"
)
LOCKED = "01f49ed9a6269743ba063e9643cb83218f2818a67ceaf1477bf9fa06f156a262c2f501942ff0c5d40c4b6a8dc7"
BOX = (
    "01d810fa78a48ac069c9b17a00d0d86bd9aa1775b1e7d98e68adabbaac1c525a5a73d304e379bdae436d91edf90b53b5545d5a8fa431"
    "add6954861017271adbf7ef2650abad669cdb70c4e36712cc12503e04fc5f212668892f610e25e7569321bee3f64332ee34a524bdf8d"
    "4c6cbe5690d6af521e7b442b4ee096e5c5c00eb73c440229de1615f1e15a96b122db044108abca9d2843b5683358643ce1380b56423c"
    "0bbe3a1924b682a99c0968355d4adbccfb0792d77472979ee4820f475abe7092fe53e01af1a6ca60af90fb3e0ff31a5a27d1104d57d8"
    "2db483fcc7812a47609fece84fdae7dbc01f7b3700d4f8e886573e563197a79f51a6ceb88024469194dd8a04a7efef175bea7ebd9919"
    "8ee3d31d6ac70535942236bda65cc88b96ca22a471b37d95ac918cef33d6738b44db765c6a8da6dcf654cdaea67b474b6994549eabf5"
    "50a5fe5cfc3946918931e0092f849be0c7394474017818238d4eae7b292b801216d0aa885027953fcbd07db48169055202833474672b"
    "d6f9d9d85370bab0707686137282642ae77655349c23d1927814559987a1917d7657b1291bcbb919e755823475c28b974477ca7d8c2a"
    "9fc5e4dc878a2a9439f364963874e7e6500d8a0db57a5f29d69a33c975ff99467adb93e6be6b81f3f04ba79adfc9286ea7f7e03a4f9c"
    "3d702a51b73ddf62b722e2591114ce05ffc86e20c565f05e228e47c69867bea8034b77ff2957ebd88b927090ef280b0064f31c20402a"
    "8ae8f708b6dfde013967c1da5396432051d2d25d164f3a1c0dae1987b6d5bfe2194ff7a0f55415aff1cc00a56300f4adda979f26cdb7"
    "fb8525c998d9b661ca0ebb222738bd7856171b26436ea84dedcf23609d80a15546687f0ce26537a0958063d83f116fcdbf9e401a6243"
    "6b756b2c5812e0205bc7e57719c932a9b28aec0c2db97c19c5d59ba5e82c97e635479d5ee1d299bdecc94b4739da0ae70520e98fbb53"
    "5cc3778df04445c6e175d79e354b2bd444391ea4b7ecb691f33d728530a1c4b0a96eae02f66e8c164848749f4e81b6f879ba639f1568"
    "ac2cd340ed42a12da658bd8cd7de2958e10849dc3464885ad9235cb10c969965daecdaa425778e0f256f66ce0f08d44ec054ca5d3960"
    "6cbfd49545363de5994c6e61fde94234857198263ef3eb64b23ace4a57868249c82f89f16ca4df0138e15beffae05314dc07eb0c5f7c"
    "55ca732c7ffe9489772794e334161aed24c924a1e4a88d95f44e233fd9865681b613eb12e25c0e9b9d035a47dea739ca05543c0cd57e"
    "3bf127cc856af1a20d721e7720c052ec39dc0a19e33505bf8491854f550b801fad8eb77cc9f149bb75f77a9757180c1110de1018de94"
    "abd29397bfc2615163ffb9c01683f89807a6285ebfbf2f26df85dd847c280f68e3e13f7f5a769b37d63559071f04dce5b335c1e707cb"
    "cb834fa79f02c640c4a892b6299b5c91f2ca428e02a0dadf60e2f75382475baab7abd2335ab73aa505d16b23060f2f"
)
