using System.Globalization;

namespace AgentControl.Agents.Documents;

/// <summary>Reads numbers as people write them: 1,250.50, 1.250,50, 400'000.–, 2 million, forty-five thousand.</summary>
internal static class WrittenNumber
{
    private static readonly Dictionary<string, int> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["one"] = 1,
        ["two"] = 2,
        ["three"] = 3,
        ["four"] = 4,
        ["five"] = 5,
        ["six"] = 6,
        ["seven"] = 7,
        ["eight"] = 8,
        ["nine"] = 9,
        ["ten"] = 10,
        ["eleven"] = 11,
        ["twelve"] = 12,
        ["thirteen"] = 13,
        ["fourteen"] = 14,
        ["fifteen"] = 15,
        ["sixteen"] = 16,
        ["seventeen"] = 17,
        ["eighteen"] = 18,
        ["nineteen"] = 19,
        ["twenty"] = 20,
        ["thirty"] = 30,
        ["forty"] = 40,
        ["fifty"] = 50,
        ["sixty"] = 60,
        ["seventy"] = 70,
        ["eighty"] = 80,
        ["ninety"] = 90,
    };

    /// <summary>The value of figures with separators, or null where they make no number.</summary>
    public static decimal? Figures(string written)
    {
        var digits = written
            .TrimEnd('-', '–', '—', '.', ',')
            .Replace("'", "", StringComparison.Ordinal)
            .Replace("’", "", StringComparison.Ordinal);
        digits = string.Concat(digits.Where(c => !char.IsWhiteSpace(c)));
        var decimalAt = DecimalSeparator(digits);
        var whole = decimalAt < 0 ? digits : digits[..decimalAt];
        var fraction = decimalAt < 0 ? "" : digits[(decimalAt + 1)..];
        var plain = whole.Replace(",", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal);
        return decimal.TryParse(
            fraction.Length > 0 ? $"{plain}.{fraction}" : plain,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;
    }

    /// <summary>The factor that a word or letter behind a number stands for.</summary>
    public static decimal Scale(string word) =>
        word.Trim().ToLowerInvariant() switch
        {
            "k" or "thousand" => 1_000m,
            "m" or "mn" or "mio" or "million" => 1_000_000m,
            "bn" or "billion" => 1_000_000_000m,
            _ => 1m,
        };

    /// <summary>The value of number words, or null where there is none.</summary>
    public static decimal? Words(string written)
    {
        decimal total = 0,
            group = 0;
        var any = false;
        foreach (var word in written.Split([' ', '-', '\n', '\r', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Units.TryGetValue(word, out var unit))
            {
                group += unit;
                any = true;
            }
            else if (string.Equals(word, "hundred", StringComparison.OrdinalIgnoreCase))
            {
                group = Math.Max(group, 1) * 100;
                any = true;
            }
            else if (Scale(word) is var scale and > 1)
            {
                total += Math.Max(group, 1) * scale;
                group = 0;
                any = true;
            }
        }

        return any ? total + group : null;
    }

    /// <summary>The last separator parts decimals where it stands alone in its kind and is not followed by exactly three digits.</summary>
    private static int DecimalSeparator(string digits)
    {
        var last = digits.LastIndexOfAny([',', '.']);
        if (last < 0)
        {
            return -1;
        }

        var other = digits[last] == ',' ? '.' : ',';
        var once = digits.IndexOf(digits[last], StringComparison.Ordinal) == last;
        return once && (digits.Length - last - 1 != 3 || digits.Contains(other, StringComparison.Ordinal)) ? last : -1;
    }
}
