"""QR codes as paths of our own pictures, for links that are handed over on paper."""

import qrcode


def qr(address: str) -> list[str]:
    """Return the QR code of an address as an SVG path (module size 1) and its width in modules."""
    code = qrcode.QRCode(border=4)
    code.add_data(address)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return [path, str(len(rows))]
