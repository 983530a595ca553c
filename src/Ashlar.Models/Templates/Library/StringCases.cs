using System.Globalization;
using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>String methods that change case or ask what kind of characters a text has.</summary>
internal static class StringCases
{
    public static readonly RoutineTable Table = new("method")
    {
        { "capitalize", "", Mapped(CaseMapping.Capitalize) },
        { "casefold", "", Mapped(CaseMapping.Fold) },
        { "lower", "", Mapped(CaseMapping.Lower) },
        { "swapcase", "", Mapped(SwapCase) },
        { "title", "", Mapped(CaseMapping.Title) },
        { "upper", "", Mapped(CaseMapping.Upper) },
        { "isalnum", "", All(rune => rune.Value != '_' && IsWordPart(rune)) },
        { "isalpha", "", All(Rune.IsLetter) },
        { "isascii", "", (self, _, budget) => BoolValue.Of(Ascii.IsValid(Scanned(self, budget))) },
        { "isdecimal", "", All(rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber) },
        { "isdigit", "", All(IsDigit) },
        { "isidentifier", "", (self, _, budget) => BoolValue.Of(IsIdentifier(Scanned(self, budget))) },
        { "islower", "", (self, _, budget) => BoolValue.Of(IsLower(StringMethods.Text(self), budget)) },
        { "isnumeric", "", All(IsNumeric) },
        { "isprintable", "", (self, _, budget) =>
            BoolValue.Of(Scanned(self, budget).EnumerateRunes().All(StringText.IsPrintable)) },
        { "isspace", "", All(rune => rune.IsBmp && StringText.IsSpace((char)rune.Value)) },
        { "istitle", "", (self, _, budget) => BoolValue.Of(IsTitle(Scanned(self, budget))) },
        { "isupper", "", (self, _, budget) => BoolValue.Of(IsUpper(StringMethods.Text(self), budget)) },
    };

    /// <summary>What words are made of: letters, numbers of any kind, underscores.</summary>
    public static bool IsWordPart(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || IsNumeric(rune);

    public static bool IsLower(string text, Budget budget) => HasOnly(text, UnicodeCategory.LowercaseLetter, budget);

    public static bool IsUpper(string text, Budget budget) => HasOnly(text, UnicodeCategory.UppercaseLetter, budget);

    private static RoutineBody Mapped(Func<string, string> map) => (self, _, budget) =>
    {
        var text = StringMethods.Text(self);
        budget.AllocateText(2L * text.Length);
        return new StringValue(map(text));
    };

    private static RoutineBody All(Func<Rune, bool> holds) => (self, _, budget) =>
    {
        var text = Scanned(self, budget);
        return BoolValue.Of(text.Length > 0 && text.EnumerateRunes().All(holds));
    };

    private static bool All(this StringRuneEnumerator runes, Func<Rune, bool> holds)
    {
        foreach (var rune in runes)
        {
            if (!holds(rune)) return false;
        }

        return true;
    }

    private static string Scanned(Value self, Budget budget) => Scanned(StringMethods.Text(self), budget);

    private static string Scanned(string text, Budget budget)
    {
        budget.Scan(16L * text.Length);
        return text;
    }

    private static bool IsNumeric(Rune rune) =>
        Rune.GetNumericValue(rune) >= 0 || CharUnicodeInfo.GetNumericValue(rune.ToString(), 0) != -1;

    private static bool IsDigit(Rune rune) => CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0;

    /// <summary>At least one letter with case, and all of them of this one.</summary>
    private static bool HasOnly(string text, UnicodeCategory wanted, Budget budget)
    {
        var hasCase = false;
        foreach (var rune in Scanned(text, budget).EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category == wanted) hasCase = true;
            else if (IsCased(category)) return false;
        }

        return hasCase;
    }

    private static bool IsCased(UnicodeCategory category) =>
        category is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsTitle(string text)
    {
        var (hasCase, isInWord) = (false, false);
        foreach (var c in text)
        {
            var isUpper = char.IsUpper(c) || char.GetUnicodeCategory(c) == UnicodeCategory.TitlecaseLetter;
            if (isUpper && isInWord || char.IsLower(c) && !isInWord) return false;
            isInWord = CaseMapping.IsCased(c);
            hasCase |= isInWord;
        }

        return hasCase;
    }

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && !char.IsDigit(text[0]) && text.All(c => c == '_' || char.IsLetterOrDigit(c));

    private static string SwapCase(string text)
    {
        var swapped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isTitle = char.GetUnicodeCategory(text[i]) == UnicodeCategory.TitlecaseLetter;
            var lower = CaseMapping.LowerAt(text, i);
            if (isTitle) swapped.Append(text[i]);
            else if (lower.Length > 1 || lower[0] != text[i]) swapped.Append(lower);
            else swapped.Append(CaseMapping.Upper(lower));
        }

        return swapped.ToString();
    }
}
