using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Stories.Plots;

namespace Ashlar.Tiny.Stories;

/// <summary>A story, and what it is about.</summary>
/// <param name="Hero">Whom it is about.</param>
/// <param name="Thing">What it is about.</param>
/// <param name="Place">Where most of it is.</param>
/// <param name="Text">The story.</param>
/// <param name="World">The world at its end, and all that happened.</param>
internal sealed record Story(Being Hero, Thing Thing, Place Place, string Text, World World)
{
    private static readonly Func<Teller, (Being Hero, Thing Thing, Place Place)>[] All =
    [
        LostThing.Tell, Obstacle.Tell, Quarrel.Tell, Gift.Tell, Rescue.Tell, Borrowed.Tell, Baking.Tell, Race.Tell, Storm.Tell, Guest.Tell,
    ];

    /// <summary>Draws a story.</summary>
    public static Story Create(Draw draw)
    {
        var teller = new Teller(draw);
        var (hero, thing, place) = draw.Pick(All)(teller);
        return new(hero, thing, place, teller.ToString(), teller.World);
    }
}
