"""Finds Wyoming services as Home Assistant does, with the zeroconf package, on the loopback only."""

import json
import sys
import time

from zeroconf import ServiceBrowser, ServiceListener, Zeroconf

TYPE = "_wyoming._tcp.local."
wanted = sys.argv[1]


class Listener(ServiceListener):
    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        if name == f"{wanted}.{TYPE}":
            found.append(name)

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        pass

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        pass


found: list = []
with Zeroconf(interfaces=["127.0.0.1"]) as zeroconf:
    ServiceBrowser(zeroconf, TYPE, Listener())
    deadline = time.monotonic() + 30
    while not found and time.monotonic() < deadline:
        time.sleep(0.05)
    info = zeroconf.get_service_info(TYPE, found[0], timeout=10000)
    print(json.dumps({"port": info.port, "addresses": info.parsed_addresses()}))
