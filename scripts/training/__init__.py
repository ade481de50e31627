"""The trainer."""
import os

os.environ.setdefault('ORT_DISABLE_TELEMETRY', '1')  # ONNX Runtime reports to Microsoft otherwise
