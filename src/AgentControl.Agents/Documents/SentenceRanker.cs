using System.Text.RegularExpressions;

namespace AgentControl.Agents.Documents;

/// <summary>
/// Chooses the sentences nearest to the whole document's centre of TF-IDF weights, least like one another,
/// with a little more weight for what a reader of contracts asks first. Linear in the text's length.
/// </summary>
internal static partial class SentenceRanker
{
    private const int MostCandidates = 4_000;
    private const int Shortest = 50;
    private const int Longest = 420;
    private const int Timeout = 10_000;

    /// <summary>How much likeness to a sentence that is chosen already counts against another.</summary>
    private const double Redundancy = 0.6;

    public static IReadOnlyList<Finding> Rank(string text, DocumentOutline outline)
    {
        var candidates = SentenceSplitter
            .Split(text, outline.Cuts(text), MostCandidates)
            .Select(span => (span.Start, span.End, Words: Words(text, span.Start, span.End)))
            .Where(s =>
                s.End - s.Start is >= Shortest and <= Longest
                && s.Words.Count >= 6
                && ReadsAsProse(text.AsSpan(s.Start, s.End - s.Start))
            )
            .ToList();
        if (candidates.Count == 0)
        {
            return [];
        }

        var idf = InverseFrequency(candidates.Select(c => c.Words).ToList());
        var vectors = candidates.Select(c => Vector(c.Words, idf)).ToList();
        var centre = Centre(vectors);
        var scores = new double[candidates.Count];
        for (var i = 0; i < candidates.Count; i++)
        {
            var (start, end, _) = candidates[i];
            var early = i == 0 ? 0.25 : 0.1 * (1 - (double)i / candidates.Count);
            scores[i] =
                Likeness(vectors[i], centre)
                + early
                + (0.12 * Math.Min(3, Substance().Count(text.AsSpan(start, end - start))));
        }

        var chosen = Choose(scores, vectors, Wanted(candidates.Count));
        return [.. chosen.Order().Select(i => Finding.At(text, candidates[i].Start, candidates[i].End))];
    }

    private static int Wanted(int candidates) => Math.Clamp(2 + (candidates / 8), 1, Math.Min(6, candidates));

    private static List<int> Choose(double[] scores, List<Dictionary<string, double>> vectors, int wanted)
    {
        var chosen = new List<int>();
        var left = scores.ToArray();
        while (chosen.Count < wanted)
        {
            var best = -1;
            for (var i = 0; i < left.Length; i++)
            {
                if (!double.IsNegativeInfinity(left[i]) && (best < 0 || left[i] > left[best]))
                {
                    best = i;
                }
            }

            chosen.Add(best);
            left[best] = double.NegativeInfinity;
            for (var i = 0; i < left.Length; i++)
            {
                left[i] -= double.IsNegativeInfinity(left[i]) ? 0 : Redundancy * Likeness(vectors[i], vectors[best]);
            }
        }

        return chosen;
    }

    private static List<string> Words(string text, int start, int end)
    {
        var words = new List<string>();
        foreach (var match in Word().EnumerateMatches(text.AsSpan(start, end - start)))
        {
            words.Add(text.Substring(start + match.Index, match.Length).ToLowerInvariant());
        }

        return words;
    }

    private static Dictionary<string, double> InverseFrequency(List<List<string>> sentences)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in sentences.SelectMany(words => words.Distinct(StringComparer.Ordinal)))
        {
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        return counts.ToDictionary(
            c => c.Key,
            c => Math.Log(1 + ((double)sentences.Count / c.Value)),
            StringComparer.Ordinal
        );
    }

    /// <summary>Weights of a sentence's words, scaled to length one. Ordered, so that sums repeat to the last bit.</summary>
    private static Dictionary<string, double> Vector(List<string> words, Dictionary<string, double> idf)
    {
        var weights = words
            .GroupBy(word => word, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Count() * idf[g.Key], StringComparer.Ordinal);
        return Scaled(weights);
    }

    private static Dictionary<string, double> Centre(List<Dictionary<string, double>> vectors)
    {
        var sum = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (word, weight) in vectors.SelectMany(vector => vector))
        {
            sum[word] = sum.GetValueOrDefault(word) + weight;
        }

        return Scaled(sum);
    }

    private static Dictionary<string, double> Scaled(Dictionary<string, double> weights)
    {
        var length = Math.Sqrt(weights.Values.Sum(w => w * w));
        return length == 0 ? weights : weights.ToDictionary(w => w.Key, w => w.Value / length, StringComparer.Ordinal);
    }

    private static double Likeness(Dictionary<string, double> one, Dictionary<string, double> other)
    {
        var (small, large) = one.Count <= other.Count ? (one, other) : (other, one);
        return small.Sum(w => large.TryGetValue(w.Key, out var weight) ? w.Value * weight : 0);
    }

    /// <summary>Mostly letters, no dot leaders, no columns: a sentence and not a form or a table.</summary>
    private static bool ReadsAsProse(ReadOnlySpan<char> sentence)
    {
        var letters = 0;
        foreach (var c in sentence)
        {
            letters += char.IsLetter(c) ? 1 : 0;
        }

        var flat = Indent().Replace(sentence.ToString(), "\n");
        return letters > sentence.Length * 0.6
            && !flat.Contains("...", StringComparison.Ordinal)
            && !flat.Contains("__", StringComparison.Ordinal)
            && !flat.Contains("     ", StringComparison.Ordinal)
            && sentence[^1] is '.' or '!' or '?' or '"' or '”' or ')' or ';';
    }

    [GeneratedRegex(@"[\p{L}\p{N}][\p{L}\p{N}'’-]{2,40}", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Word();

    [GeneratedRegex(@"\r?\n[ \t]*", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex Indent();

    /// <summary>Words of substance: who must do or pay what, for how long, and what happens otherwise.</summary>
    [GeneratedRegex(
        @"\b(?:shall pay|pays?|payable|price|fees?|rent|salary|royalty|term of|period of|terminat\w+|liab\w+|governed|exclusive|grants?|warrants?|indemnif\w+|appoints?|engages?|sells?|repaid|repay|confidential)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        Timeout
    )]
    private static partial Regex Substance();
}
