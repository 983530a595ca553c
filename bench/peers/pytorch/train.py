"""Trains from given weights on given tokens, and prints each step's loss and seconds as a line of JSON.

The weights are a safetensors file of F32 whose metadata hold the configuration; the tokens are little-endian int32, and step s
takes `rows * (length + 1)` of them from `s * rows * (length + 1)` on: inputs are all but the last of each row, targets all but
the first. A line on standard input begins each step, so that two programs can take turns; without --turns none is waited for.
"""

import argparse
import json
import resource
import struct
import sys
import time

import torch

from gpt2 import Gpt2
from llama import Llama


def read_safetensors(path):
    data = bytearray(open(path, "rb").read())
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise SystemExit(f"{path}: tensor '{name}' is {entry['dtype']}; write F32")
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = torch.frombuffer(data[begin:end], dtype=torch.float32).reshape(entry["shape"]).clone()
    return tensors, metadata


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights")
    parser.add_argument("tokens")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", action="store_true")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    weights, configuration = read_safetensors(arguments.weights)
    model = {"llama": Llama, "gpt2": Gpt2}[configuration["architecture"]](weights, configuration)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=arguments.learning_rate, betas=(0.9, 0.95), eps=1e-8, weight_decay=arguments.weight_decay)
    row = arguments.length + 1
    tokens = torch.frombuffer(bytearray(open(arguments.tokens, "rb").read()), dtype=torch.int32).long()
    batches = tokens[: len(tokens) // (arguments.rows * row) * arguments.rows * row].view(-1, arguments.rows, row)
    for step in range(arguments.steps):
        if arguments.turns and not sys.stdin.readline():
            return
        batch = batches[step % len(batches)]
        started = time.perf_counter()
        optimizer.zero_grad()
        loss = model.loss(batch[:, :-1], batch[:, 1:])
        loss.backward()
        optimizer.step()
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"step": step, "loss": loss.item(), "seconds": seconds, "peak_memory_bytes": peak}), flush=True)


if __name__ == "__main__":
    main()
