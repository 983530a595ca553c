namespace Ashlar.Tiny.Stories.Plots;

/// <summary>What many stories have: how they begin and end, and ways to go somewhere.</summary>
internal static class Common
{
    /// <summary>Brings in the hero, who is A, at home, which is P.</summary>
    public static Being Open(Teller t)
    {
        var hero = Cast.Somebody(t.Draw);
        var home = t.Draw.Pick(Cast.Places);
        t.Role('A', hero);
        t.Role('P', home);
        t.Begin(home, hero);
        t.Say(
            "[Once upon a time|Long ago|Once|One day] there was a {A.such} [named|called] {A!}. {A} lived {P.in}.",
            "[Once upon a time|Once|Long ago] there lived a {A.such} {P.in}. {A.his} name was {A!}.",
            "{A!} was a {A.such}. {A} lived {P.in}.", "{A!} the {A.such} lived {P.in}.",
            "{P.in} there lived a {A.such} [named|called] {A!}.");
        t.Maybe(
            25, "The [sun was warm|sky was blue|wind was soft|birds sang|day was bright].", "It was a [bright|cold|warm|quiet|windy|fine] [morning|day].",
            "It was [spring|summer|autumn|winter].", "{A} [loved|liked] to [sing|walk|play|dream|count the clouds|look at the stars] there.",
            "Everybody [knew|liked] {A!}, for {A.he} was always [friendly|helpful|polite|merry].");
        return hero;
    }

    /// <summary>Somebody new, at a place, in a role.</summary>
    public static Being Meet(Teller t, char letter, Place where, params ReadOnlySpan<Being> others)
    {
        var being = Cast.Somebody(t.Draw, others);
        t.Role(letter, being);
        t.Begin(where, being);
        return being;
    }

    /// <summary>A goes to a place, which becomes the letter's.</summary>
    public static void Go(Teller t, Being who, char letter, Place where)
    {
        t.Role(letter, where);
        t.Role('G', who);
        var l = "{" + letter + "}";
        t.Tell(
            new(Deed.Go, who, Where: where), $"{{G}} went to {l}.", $"{{G}} [ran|walked|hurried] to {l}.", $"So {{G}} [went|walked] to {l}.",
            $"Then {{G}} [went|walked|set out] to {l}.", $"{{G}} walked [and walked |a long way |]until {{G.he}} came to {l}.");
    }

    /// <summary>The last sentences.</summary>
    public static void End(Teller t)
    {
        t.Say(
            "[And |]{A} was [very |so |]happy.", "{A} [smiled|laughed] [all the way home|for the rest of the day].", "That night {A} slept [well|deep and well|like a stone].",
            "From that day on, {A} [was never lonely|had a friend|told everybody about it|was a little wiser].", "It was the best day of the year.", "{A} never forgot that day.",
            "And [so the day ended well|that was that|all was well again].");
        t.Maybe(20, "The end.");
    }
}
