"""Log-mel energies as a PNG image in a data address."""
import base64
import struct
import zlib

import numpy as np

# Dark to bright, between which colours are interpolated.
STOPS = np.array([[11, 16, 38], [40, 40, 110], [112, 48, 140], [196, 70, 110], [246, 130, 70], [252, 220, 150]], float)


def palette():
    """[256, 3] uint8"""
    at = np.linspace(0, len(STOPS) - 1, 256)
    return np.stack([np.interp(at, range(len(STOPS)), STOPS[:, c]) for c in range(3)], 1).astype(np.uint8)


def spectrogram_png(log_mel):
    """A `data:` address of log-mel energies [frames, bands]; low frequencies at the bottom."""
    low, high = np.percentile(log_mel, [5, 99.5])
    levels = np.clip((log_mel - low) / max(1e-6, high - low) * 255, 0, 255).astype(np.uint8).T[::-1]
    rows = b''.join(b'\0' + row.tobytes() for row in levels)
    size = struct.pack('>IIBBBBB', levels.shape[1], levels.shape[0], 8, 3, 0, 0, 0)
    parts = [(b'IHDR', size), (b'PLTE', palette().tobytes()), (b'IDAT', zlib.compress(rows, 9)), (b'IEND', b'')]
    data = b'\x89PNG\r\n\x1a\n' + b''.join(_chunk(kind, body) for kind, body in parts)
    return 'data:image/png;base64,' + base64.b64encode(data).decode()


def _chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
