"""A llama in eager PyTorch, by the names of GGUF's tensors: the other side of a comparison, no part of Ashlar."""

import math

import torch
import torch.nn.functional as F


class Llama:
    """Weights by name, and the loss of rows of tokens."""

    def __init__(self, weights, configuration):
        self.weights = {name: torch.nn.Parameter(values) for name, values in weights.items()}
        self.layers = int(configuration["layers"])
        self.heads = int(configuration["heads"])
        self.key_heads = int(configuration["key_heads"])
        self.epsilon = float(configuration["norm_epsilon"])
        self.base = float(configuration["rotary_base"])

    def parameters(self):
        return list(self.weights.values())

    def loss(self, tokens, targets):
        """The mean cross-entropy of targets behind tokens, both (rows, length)."""
        w = self.weights
        rows, length = tokens.shape
        x = w["token_embd.weight"][tokens]  # (rows, length, width)
        turns = self._turns(length, x.shape[-1] // self.heads)
        mask = torch.full((length, length), float("-inf")).triu(1)
        for layer in range(self.layers):
            block = f"blk.{layer}"
            h = self._norm(x, f"{block}.attn_norm")
            q = self._split(h, f"{block}.attn_q", self.heads, turns)
            k = self._split(h, f"{block}.attn_k", self.key_heads, turns)
            v = self._split(h, f"{block}.attn_v", self.key_heads, None)
            if self.key_heads < self.heads:
                k, v = (t.repeat_interleave(self.heads // self.key_heads, 1) for t in (k, v))
            scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]) + mask
            y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, -1)
            x = x + F.linear(y, w[f"{block}.attn_output.weight"])
            h = self._norm(x, f"{block}.ffn_norm")
            inner = F.silu(F.linear(h, w[f"{block}.ffn_gate.weight"])) * F.linear(h, w[f"{block}.ffn_up.weight"])
            x = x + F.linear(inner, w[f"{block}.ffn_down.weight"])
        output = w["output.weight"] if "output.weight" in w else w["token_embd.weight"]
        logits = F.linear(self._norm(x, "output_norm"), output)
        return F.cross_entropy(logits.view(rows * length, -1), targets.reshape(-1))

    def _norm(self, x, name):
        return x * (x.square().mean(-1, keepdim=True) + self.epsilon).rsqrt() * self.weights[f"{name}.weight"]

    def _split(self, h, name, heads, turns):
        x = F.linear(h, self.weights[f"{name}.weight"])
        x = x.view(*h.shape[:2], heads, -1).transpose(1, 2)  # (rows, heads, length, size)
        return x if turns is None else self._turn(x, *turns)

    def _turns(self, length, size):
        frequencies = self.base ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
        angles = torch.arange(length, dtype=torch.float32)[:, None] * frequencies
        return angles.cos(), angles.sin()

    @staticmethod
    def _turn(x, cos, sin):
        a, b = x[..., 0::2], x[..., 1::2]  # GGUF's llama turns neighbours
        return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)
