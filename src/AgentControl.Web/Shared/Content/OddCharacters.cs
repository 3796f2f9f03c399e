using System.Globalization;
using System.Text;

namespace AgentControl.Web.Shared;

/// <summary>Characters that change the direction of text or are not seen: in what agents write they are shown by number.</summary>
internal static class OddCharacters
{
    /// <summary>A stretch of text, or one odd character as ⟦U+202E⟧.</summary>
    public readonly record struct Piece(string Text, bool IsOdd);

    public static bool IsOdd(Rune rune) =>
        rune.Value switch
        {
            '\t' or '\n' or '\r' => false,
            0x00AD
            or 0x034F
            or 0x061C
            or 0x115F
            or 0x1160
            or 0x17B4
            or 0x17B5
            or 0x180E
            or 0x3164
            or 0xFEFF
            or 0xFFA0 => true,
            >= 0x200B and <= 0x200F => true,
            >= 0x2028 and <= 0x202E => true,
            >= 0x2060 and <= 0x206F => true,
            >= 0xFFF9 and <= 0xFFFB => true,
            >= 0xE0000 and <= 0xE0FFF => true,
            _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control,
        };

    public static bool Any(string text) => text.EnumerateRunes().Any(IsOdd);

    /// <summary>The visible name of an odd character.</summary>
    public static string Name(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"⟦U+{rune.Value:X4}⟧");

    public static string Shown(string text) => Any(text) ? string.Concat(Pieces(text).Select(p => p.Text)) : text;

    public static IEnumerable<Piece> Pieces(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsOdd(rune))
            {
                plain.Append(rune.ToString());
                continue;
            }

            if (plain.Length > 0)
            {
                yield return new(plain.ToString(), IsOdd: false);
                plain.Clear();
            }

            yield return new(Name(rune), IsOdd: true);
        }

        if (plain.Length > 0)
        {
            yield return new(plain.ToString(), IsOdd: false);
        }
    }
}
