using System.Globalization;
using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>Makes names of documents into names of files: safe in a path, and never two alike, whatever their case.</summary>
internal static class ResultNames
{
    private const int Longest = 100;

    /// <summary>A part of a path holds 255 bytes; the ending <c>.json</c> takes five.</summary>
    private const int MostBytes = 250;

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL"];

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
                var ending = string.Create(CultureInfo.InvariantCulture, $"-{number}");
                name = Fit(safe, MostBytes - ending.Length) + ending;
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

        return name.Length == 0 ? "document" : Fit(NoDevice(name), MostBytes);
    }

    /// <summary>Windows takes <c>CON</c> and <c>aux.txt</c> for devices, whatever their ending.</summary>
    private static string NoDevice(string name)
    {
        var stem = name.Split('.')[0];
        var device =
            Devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
            || (
                stem.Length == 4
                && stem[3] is >= '1' and <= '9'
                && (
                    stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase)
                    || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)
                )
            );
        return device ? name.Insert(stem.Length, "_") : name;
    }

    private static string Fit(string name, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= bytes)
        {
            return name;
        }

        var fitting = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                break;
            }

            fitting.Append(rune);
        }

        return fitting.ToString().TrimEnd('.', '-');
    }
}
