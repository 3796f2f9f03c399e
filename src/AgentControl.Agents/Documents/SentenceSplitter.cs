namespace AgentControl.Agents.Documents;

/// <summary>Cuts a text into sentences by position; no sentence crosses an empty line.</summary>
internal static class SentenceSplitter
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "no",
        "nos",
        "ltd",
        "inc",
        "corp",
        "co",
        "pty",
        "pte",
        "vs",
        "v",
        "e.g",
        "i.e",
        "etc",
        "art",
        "sec",
        "cl",
        "fig",
        "approx",
        "cent",
        "a.m",
        "p.m",
        "u.s",
        "u.k",
        "s.a",
        "b.v",
        "n.v",
        "jr",
        "sr",
        "al",
        "cf",
        "p.o",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "oct",
        "nov",
        "dec",
    };

    /// <param name="cuts">Positions, in order, where a sentence ends in any case: labels and headings are no part of one.</param>
    public static List<(int Start, int End)> Split(string text, IReadOnlyList<int> cuts, int most)
    {
        var cut = 0;
        var sentences = new List<(int, int)>();
        var start = 0;
        for (var i = 0; i < text.Length && sentences.Count < most; i++)
        {
            for (; cut < cuts.Count && cuts[cut] <= i; cut++)
            {
                Add(Math.Max(start, cuts[cut]));
            }

            if (text[i] == '\n' && IsBlankAhead(text, i + 1))
            {
                Add(i);
            }
            else if (text[i] is '.' or '!' or '?' && EndsSentence(text, i))
            {
                var end = i + 1;
                while (end < text.Length && text[end] is '"' or '”' or '“' or ')' or '’' or '\'')
                {
                    end++;
                }

                Add(end);
                i = end - 1;
            }
        }

        if (sentences.Count < most)
        {
            Add(text.Length);
        }

        return sentences;

        void Add(int end)
        {
            var (from, to) = (start, end);
            while (
                from < to
                && (char.IsWhiteSpace(text[from]) || text[from] is '-' or '=' or '.' or '–' or ',' or ';' or ':')
            )
            {
                from++;
            }

            while (to > from && char.IsWhiteSpace(text[to - 1]))
            {
                to--;
            }

            if (to > from)
            {
                sentences.Add((from, to));
            }

            start = end;
        }
    }

    private static bool IsBlankAhead(string text, int from)
    {
        var at = from;
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' && at - from < 200)
        {
            at++;
        }

        return at >= text.Length || text[at] == '\n';
    }

    private static bool EndsSentence(string text, int at)
    {
        var next = at + 1;
        while (next < text.Length && text[next] is '"' or '”' or '“' or ')' or '’' or '\'')
        {
            next++;
        }

        if (next >= text.Length)
        {
            return true;
        }

        if (!char.IsWhiteSpace(text[next]))
        {
            return false;
        }

        var word = at;
        while (word > 0 && at - word < 12 && !char.IsWhiteSpace(text[word - 1]))
        {
            word--;
        }

        var last = text[word..at].TrimStart('(', '"', '“');
        var isInitial = last.Length == 1 && char.IsLetter(last[0]);
        var isNumber =
            last.Length > 0
            && last.All(c => char.IsAsciiDigit(c) || c == '.')
            && last.Length < 6
            && AtLineStart(text, word);
        return !isInitial && !isNumber && !Abbreviations.Contains(last);
    }

    private static bool AtLineStart(string text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t')
        {
            at--;
        }

        return at == 0 || text[at - 1] == '\n';
    }
}
