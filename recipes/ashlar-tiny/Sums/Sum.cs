using System.Globalization;
using System.Text;

namespace Ashlar.Tiny.Sums;

/// <summary>An addition, or a subtraction whose result is not below zero.</summary>
/// <param name="Left">0 to 999.</param>
/// <param name="Right">0 to 999; of a subtraction at most <paramref name="Left"/>.</param>
/// <param name="IsAddition">Which of both.</param>
internal readonly record struct Sum(int Left, int Right, bool IsAddition)
{
    /// <summary>What comes out.</summary>
    public int Result => IsAddition ? Left + Right : Left - Right;

    /// <summary>The sum by columns, from the right, as it is done on paper.</summary>
    public string Worked()
    {
        var text = new StringBuilder();
        var (a, b, carry) = (Left, Right, 0);
        for (var first = true; first || a > 0 || b > 0; first = false)
        {
            var (x, y) = (a % 10, b % 10);
            if (IsAddition)
            {
                var column = x + y + carry;
                text.Append(CultureInfo.InvariantCulture, $"{x} + {y}");
                if (carry > 0) text.Append(" + 1");
                text.Append(CultureInfo.InvariantCulture, $" = {column}");
                text.Append(CultureInfo.InvariantCulture, $", write {column % 10}{(column > 9 ? ", carry 1" : "")}. ");
                carry = column / 10;
            }
            else
            {
                var column = x - y - carry;
                var borrows = column < 0;
                text.Append(CultureInfo.InvariantCulture, $"{(borrows ? x + 10 : x)} - {y}");
                if (carry > 0) text.Append(" - 1");
                column += borrows ? 10 : 0;
                text.Append(CultureInfo.InvariantCulture, $" = {column}, write {column}{(borrows ? ", borrow 1" : "")}. ");
                carry = borrows ? 1 : 0;
            }

            (a, b) = (a / 10, b / 10);
        }

        if (carry > 0) text.Append("Write 1. ");
        return text.Append(CultureInfo.InvariantCulture, $"The answer is {Result}.").ToString();
    }
}
