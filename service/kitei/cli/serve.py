"""serve"""
import argparse
def register(p: argparse.ArgumentParser) -> None: ...
def run(o: argparse.Namespace) -> int: return 0
