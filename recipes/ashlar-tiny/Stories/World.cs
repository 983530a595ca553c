namespace Ashlar.Tiny.Stories;

/// <summary>
/// Who is where, and who has what. Whatever happens in a story happens here first: what cannot happen is an error of the plot, and the
/// story would not be told.
/// </summary>
internal sealed class World
{
    private readonly Dictionary<Being, Place> _places = [];
    private readonly Dictionary<Thing, Being> _owners = [];
    private readonly Dictionary<Thing, Place> _lying = [];
    private readonly HashSet<Being> _stuck = [];
    private readonly List<Happening> _log = [];

    /// <summary>All that happened.</summary>
    public IReadOnlyList<Happening> Log => _log;

    /// <summary>Where somebody is.</summary>
    public Place PlaceOf(Being who) => _places[who];

    /// <summary>Who has something, or null.</summary>
    public Being? OwnerOf(Thing thing) => _owners.GetValueOrDefault(thing);

    /// <summary>Where something lies, or null.</summary>
    public Place? Lies(Thing thing) => _lying.GetValueOrDefault(thing);

    /// <summary>Has something happen.</summary>
    /// <exception cref="InvalidOperationException">It cannot happen.</exception>
    public void Do(Happening happening)
    {
        var (deed, who, other, thing, where) = happening;
        switch (deed)
        {
            case Deed.Begin when thing is null:
                _places.Add(who!, where!);
                break;
            case Deed.Begin when who is null:
                _lying.Add(thing, where!);
                break;
            case Deed.Begin:
                _owners.Add(thing, who);
                break;
            case Deed.Go:
                Require(!_stuck.Contains(who!) && _places.ContainsKey(who!), happening);
                _places[who!] = where!;
                break;
            case Deed.Take:
                Require(Lies(thing!) == _places[who!] && !_stuck.Contains(who!) && _lying.Remove(thing!), happening);
                _owners[thing!] = who!;
                break;
            case Deed.Give:
                Require(OwnerOf(thing!) == who && AreTogether(who!, other!), happening);
                _owners[thing!] = other!;
                break;
            case Deed.Drop:
                Require(OwnerOf(thing!) == who && _owners.Remove(thing!), happening);
                _lying[thing!] = _places[who!];
                break;
            case Deed.Use:
                Require(OwnerOf(thing!) == who, happening);
                break;
            case Deed.UseUp:
                Require(OwnerOf(thing!) == who && _owners.Remove(thing!), happening);
                break;
            case Deed.Make:
                Require(OwnerOf(thing!) is null && Lies(thing!) is null, happening);
                _owners[thing!] = who!;
                break;
            case Deed.Talk:
                Require(AreTogether(who!, other!), happening);
                break;
            case Deed.Stick:
                Require(_stuck.Add(who!), happening);
                break;
            case Deed.Free:
                Require(AreTogether(who!, other!) && _stuck.Remove(other!), happening);
                break;
        }

        _log.Add(happening);
    }

    private bool AreTogether(Being one, Being two) => one != two && _places[one] == _places[two];

    private static void Require(bool holds, Happening happening)
    {
        if (!holds) throw new InvalidOperationException($"this cannot happen: {happening}");
    }
}
