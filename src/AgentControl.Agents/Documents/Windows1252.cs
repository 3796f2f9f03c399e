namespace AgentControl.Agents.Documents;

/// <summary>The fallback for texts of older programs: Latin-1 with Windows' quotes and dashes, where the bytes plausibly are one.</summary>
internal static class Windows1252
{
    /// <summary>The characters of 0x80 to 0x9F; a NUL where there is none.</summary>
    private const string High = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

    /// <summary>Texts of western languages rarely have more accented letters than this; a binary file does.</summary>
    private const double MostHighBytes = 0.15;

    public static string? Decode(ReadOnlySpan<byte> content)
    {
        var characters = new char[content.Length];
        var high = 0;
        for (var i = 0; i < content.Length; i++)
        {
            var b = content[i];
            high += b >= 0x80 ? 1 : 0;
            characters[i] = b is >= 0x80 and <= 0x9F ? High[b - 0x80] : (char)b;
            if (b >= 0x80 && characters[i] == '\0')
            {
                return null;
            }
        }

        return high <= Math.Max(2, content.Length * MostHighBytes) ? new string(characters) : null;
    }
}
