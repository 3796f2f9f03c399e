using System.Globalization;
using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>Makes names of documents into names of files: safe in a path, and never two alike, whatever their case.</summary>
internal static class ResultNames
{
    private const int Longest = 100;

    /// <summary>One file name for each document, in order.</summary>
    public static IReadOnlyList<string> For(IReadOnlyList<string> documents)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new List<string>(documents.Count);
        foreach (var document in documents)
        {
            var safe = Safe(document);
            var name = safe;
            for (var number = 2; !taken.Add(name); number++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{safe}-{number}");
            }

            names.Add(name);
        }

        return names;
    }

    /// <summary>Letters, digits, dots, dashes and underscores stay; everything else becomes one dash.</summary>
    private static string Safe(string document)
    {
        var safe = new StringBuilder(document.Length);
        foreach (var rune in document.Normalize(NormalizationForm.FormC).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '_' or '-')
            {
                safe.Append(rune);
            }
            else if (safe.Length > 0 && safe[^1] != '-')
            {
                safe.Append('-');
            }
        }

        var name = safe.ToString().Trim('.', '-');
        if (name.Length > Longest)
        {
            // Not between the halves of a pair.
            name = name[..(char.IsHighSurrogate(name[Longest - 1]) ? Longest - 1 : Longest)].TrimEnd('.', '-');
        }

        return name.Length == 0 ? "document" : name;
    }
}
