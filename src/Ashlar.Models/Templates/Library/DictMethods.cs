using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Methods of dictionaries that change nothing.</summary>
internal static class DictMethods
{
    public static readonly RoutineTable Table = new("method")
    {
        { "copy", "", (self, _, _) => self },
        { "get", "key, default?", (self, arguments, budget) =>
            {
                _ = arguments[0]!.Hash(budget);
                return ((DictValue)self).Find(arguments[0]!) ?? arguments[1] ?? NoneValue.Instance;
            }
        },
        { "items", "", (self, _, _) => new DictView("dict_items", (DictValue)self, DictView.Pair) },
        { "keys", "", (self, _, _) => new DictView("dict_keys", (DictValue)self, entry => entry.Key) },
        { "values", "", (self, _, _) => new DictView("dict_values", (DictValue)self, entry => entry.Value) },
    };
}
