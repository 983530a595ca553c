"""Trains one model in Ashlar and in PyTorch by turns, and prints medians, their ratio and how far the losses are apart."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
BENCH = ["dotnet", str(ROOT / "bench/Ashlar.Bench/bin/Release/net10.0/Ashlar.Bench.dll")]
FASTEST = {  # as PyTorch was seen to be fastest: OpenBLAS told the processor, memory never given back
    "OPENBLAS_CORETYPE": "SKYLAKEX",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "99999999999",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", help="llama-9m, llama-50m or gpt2-124m")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--skip", type=int, default=3, help="first steps that are not measured")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--products", default="F32", help="what Ashlar multiplies in: F32 or BF16")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--json", help="a file that keeps every step")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*BENCH, "train-files", arguments.shape, folder], check=True)
        files = [f"{folder}/weights.safetensors", f"{folder}/tokens.i32"]
        options = [f"--{name}={getattr(arguments, name.replace('-', '_'))}"
                   for name in ("steps", "rows", "length", "learning-rate", "threads")]
        ours = start([*BENCH, "train-steps", *files, *(word for option in options for word in option.split("=")),
                      "--products", arguments.products, "--turns", "yes"], {})
        theirs = start([arguments.python, str(ROOT / "bench/peers/pytorch/train.py"), *files, *options, "--turns"], FASTEST)
        steps = []
        for step in range(arguments.steps):
            order = (("ashlar", ours), ("pytorch", theirs))
            steps.append({name: turn(side) for name, side in (order if step % 2 == 0 else order[::-1])})
        for side in (ours, theirs):
            side.stdin.close()
            side.wait()

    measured = steps[arguments.skip:]
    ashlar, pytorch = (statistics.median(step[name]["seconds"] for step in measured) for name in ("ashlar", "pytorch"))
    ratios = [step["pytorch"]["seconds"] / step["ashlar"]["seconds"] for step in measured]
    apart = max(abs(step["pytorch"]["loss"] - step["ashlar"]["loss"]) for step in steps)
    tokens = arguments.rows * arguments.length
    print(f"{arguments.shape}, {arguments.rows} x {arguments.length}, {arguments.products}: "
          f"Ashlar {ashlar:.3f} s a step ({tokens / ashlar:.0f} tokens/s), PyTorch {pytorch:.3f} s ({tokens / pytorch:.0f}); "
          f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"losses {steps[0]['ashlar']['loss']:.4f} to {steps[-1]['ashlar']['loss']:.4f}, at most {apart:.2e} apart; peak memory "
          + ", ".join(f"{name} {steps[-1][name]['peak_memory_bytes'] / 2**20:.0f} MiB" for name in ("ashlar", "pytorch")))
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"shape": arguments.shape, "steps": steps}))


def start(command, environment):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})


def turn(side):
    side.stdin.write("\n")
    side.stdin.flush()
    line = side.stdout.readline()
    if not line:
        sys.exit("one side has ended early; its error stands above")
    return json.loads(line)


if __name__ == "__main__":
    main()
