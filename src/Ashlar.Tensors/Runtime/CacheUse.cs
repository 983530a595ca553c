namespace Ashlar.Tensors.Runtime;
internal sealed class CacheUse(Node node, Bindings bindings)
{
    public bool IsSame(CacheUse other) => other == this;
    public void Check() { _ = node; _ = bindings; }
}
