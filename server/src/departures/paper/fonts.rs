//! Fonts that every reader brings along, and how wide their characters are. None is shipped: two of the fourteen that the format
//! guarantees for ASCII, and for everything else the standard Chinese one with a predefined map from UTF-16.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Chunk, Name, Rect, Ref, Str};

/// Times-Roman from the space to the tilde, in thousandths (Adobe's metrics of the core fonts).
const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
];
const COURIER: u16 = 600;
/// Chinese characters are square.
const SQUARE: u16 = 1_000;

/// The fonts by the names that pages use.
pub(super) const TIMES_NAME: Name<'static> = Name(b"T");
pub(super) const COURIER_NAME: Name<'static> = Name(b"M");
pub(super) const SONG_NAME: Name<'static> = Name(b"S");

/// Where the fonts stand in the file.
#[derive(Clone, Copy)]
pub(super) struct Fonts {
    pub(super) times: Ref,
    pub(super) courier: Ref,
    pub(super) song: Ref,
}

/// Whether a character is set in one of the Latin fonts.
pub(super) fn is_latin(c: char) -> bool {
    (' '..='~').contains(&c)
}

/// How wide a character is in thousandths of the size.
pub(super) fn width_of(c: char, mono: bool) -> u16 {
    if !is_latin(c) {
        return SQUARE;
    }
    if mono {
        return COURIER;
    }
    let place = u32::from(c) - u32::from(' ');
    usize::try_from(place).ok().and_then(|at| TIMES.get(at)).copied().unwrap_or(SQUARE)
}

/// Characters as the fonts take them: one byte each, or UTF-16.
pub(super) fn encoded(run: &str, latin: bool) -> Vec<u8> {
    if latin { run.bytes().collect() } else { run.encode_utf16().flat_map(u16::to_be_bytes).collect() }
}

/// Writes the fonts.
pub(super) fn write(pdf: &mut Chunk, fonts: Fonts, next: &mut Ref) {
    pdf.type1_font(fonts.times).base_font(Name(b"Times-Roman")).encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.type1_font(fonts.courier).base_font(Name(b"Courier")).encoding_predefined(Name(b"WinAnsiEncoding"));
    let (cid, descriptor) = (next.bump(), next.bump());
    pdf.type0_font(fonts.song)
        .base_font(Name(b"STSong-Light-UniGB-UTF16-H"))
        .encoding_predefined(Name(b"UniGB-UTF16-H"))
        .descendant_font(cid);
    let info = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"GB1"), supplement: 5 };
    pdf.cid_font(cid)
        .subtype(CidFontType::Type0)
        .base_font(Name(b"STSong-Light"))
        .system_info(info)
        .font_descriptor(descriptor)
        .default_width(f32::from(SQUARE));
    pdf.font_descriptor(descriptor)
        .name(Name(b"STSong-Light"))
        .flags(FontFlags::SERIF | FontFlags::SYMBOLIC)
        .bbox(Rect::new(-25.0, -254.0, 1_000.0, 880.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(880.0)
        .stem_v(80.0);
}
