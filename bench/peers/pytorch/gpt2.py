"""GPT-2 in eager PyTorch, by the names of GGUF's tensors: the other side of a comparison, no part of Ashlar."""

import math

import torch
import torch.nn.functional as F


class Gpt2:
    """Weights by name, and the loss of rows of tokens."""

    def __init__(self, weights, configuration):
        self.weights = {name: torch.nn.Parameter(values) for name, values in weights.items()}
        self.layers = int(configuration["layers"])
        self.heads = int(configuration["heads"])
        self.epsilon = float(configuration["norm_epsilon"])

    def parameters(self):
        return list(self.weights.values())

    def loss(self, tokens, targets):
        """The mean cross-entropy of targets behind tokens, both (rows, length)."""
        w = self.weights
        rows, length = tokens.shape
        x = w["token_embd.weight"][tokens] + w["position_embd.weight"][:length]  # (rows, length, width)
        mask = torch.full((length, length), float("-inf")).triu(1)
        for layer in range(self.layers):
            block = f"blk.{layer}"
            q, k, v = self._linear(self._norm(x, f"{block}.attn_norm"), f"{block}.attn_qkv").chunk(3, -1)
            q, k, v = (t.view(rows, length, self.heads, -1).transpose(1, 2) for t in (q, k, v))
            scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]) + mask
            y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(rows, length, -1)
            x = x + self._linear(y, f"{block}.attn_output")
            inner = F.gelu(self._linear(self._norm(x, f"{block}.ffn_norm"), f"{block}.ffn_up"), approximate="tanh")
            x = x + self._linear(inner, f"{block}.ffn_down")
        output = w["output.weight"] if "output.weight" in w else w["token_embd.weight"]
        logits = F.linear(self._norm(x, "output_norm"), output)
        return F.cross_entropy(logits.view(rows * length, -1), targets.reshape(-1))

    def _linear(self, x, name):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], self.epsilon)
