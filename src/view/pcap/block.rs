//! The container: a section header, one interface, and enhanced packets, as the IETF's draft-ietf-opsawg-pcapng has them,
//! little-endian.

/// `LINKTYPE_RAW`: packets begin with their IP header.
const LINKTYPE_RAW: u16 = 101;

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

const COMMENT: u16 = 1;
const INTERFACE_NAME: u16 = 2;
const INTERFACE_DESCRIPTION: u16 = 3;
const USER_APPLICATION: u16 = 4;

/// Section header and interface: what stands before the first packet.
pub(super) fn head(comment: &str, interface: &str) -> Vec<u8> {
    let mut file = Vec::new();
    let mut body = Vec::new();
    body.extend(0x1a2b_3c4d_u32.to_le_bytes());
    body.extend([1, 0, 0, 0]);
    // The section's length: not told.
    body.extend(u64::MAX.to_le_bytes());
    options(&mut body, &[(USER_APPLICATION, concat!("day30 see ", env!("CARGO_PKG_VERSION"))), (COMMENT, comment)]);
    block(&mut file, SECTION, &body);

    let mut body = Vec::new();
    body.extend(LINKTYPE_RAW.to_le_bytes());
    body.extend([0, 0]);
    // No limit to the bytes kept of a packet.
    body.extend(0_u32.to_le_bytes());
    options(&mut body, &[(INTERFACE_NAME, "day30"), (INTERFACE_DESCRIPTION, interface)]);
    block(&mut file, INTERFACE, &body);
    file
}

/// One packet, whole, at a time in microseconds since 1970.
pub(super) fn packet(file: &mut Vec<u8>, at: u64, bytes: &[u8], comments: &[String]) {
    let mut body = Vec::with_capacity(bytes.len() + 128);
    body.extend(0_u32.to_le_bytes());
    body.extend(((at >> 32) as u32).to_le_bytes());
    body.extend((at as u32).to_le_bytes());
    // Of so many bytes, so many are kept.
    body.extend((bytes.len() as u32).to_le_bytes().repeat(2));
    body.extend(bytes);
    pad(&mut body);
    let comments: Vec<_> = comments.iter().map(|comment| (COMMENT, comment.as_str())).collect();
    options(&mut body, &comments);
    block(file, ENHANCED_PACKET, &body);
}

fn options(body: &mut Vec<u8>, options: &[(u16, &str)]) {
    for (code, text) in options {
        // A length has 16 bits; what we say is far shorter, and would be cut between two characters.
        let text = (0..4).find_map(|less| text.get(..text.len().min(usize::from(u16::MAX) - less))).unwrap_or_default();
        body.extend(code.to_le_bytes());
        body.extend((text.len() as u16).to_le_bytes());
        body.extend(text.as_bytes());
        pad(body);
    }
    body.extend([0; 4]);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

fn block(file: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let length = (body.len() as u32 + 12).to_le_bytes();
    file.extend(kind.to_le_bytes());
    file.extend(length);
    file.extend(body);
    file.extend(length);
}
