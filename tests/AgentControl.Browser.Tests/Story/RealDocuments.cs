using AgentControl.Browser.Tests.Programs;

namespace AgentControl.Browser.Tests.Story;

/// <summary>Legal texts that Debian machines have, long ones first; the sample contracts where there are too few.</summary>
internal static class RealDocuments
{
    private const int Shortest = 1_000;
    private const int Longest = 1_000_000;

    /// <summary>Copies them under names of their own, as a person has them in a folder.</summary>
    public static IReadOnlyList<string> CopyTo(string folder, int count)
    {
        var found = Licences()
            .Concat(Copyrights())
            .Concat(Samples())
            .Where(d => IsFit(d.Path))
            .DistinctBy(d => File.ReadAllText(d.Path))
            .Take(count)
            .ToList();
        Assert.Equal(count, found.Count);
        foreach (var (name, path) in found)
            File.Copy(path, Path.Combine(folder, name));
        return [.. found.Select(d => Path.Combine(folder, d.Name))];
    }

    private static bool IsFit(string path) =>
        new FileInfo(path) is { Exists: true, LinkTarget: null, Length: >= Shortest and <= Longest };

    private static IEnumerable<(string Name, string Path)> Licences() =>
        Files("/usr/share/common-licenses")
            .Order(StringComparer.Ordinal)
            .Select(f => ($"{Path.GetFileName(f)}.txt", f));

    private static IEnumerable<(string Name, string Path)> Copyrights() =>
        (Directory.Exists("/usr/share/doc") ? Directory.EnumerateDirectories("/usr/share/doc") : [])
            .Select(d => Path.Combine(d, "copyright"))
            .Where(File.Exists)
            .OrderByDescending(f => new FileInfo(f).Length)
            .Select(f => ($"{Path.GetFileName(Path.GetDirectoryName(f))}.copyright.txt", f));

    private static IEnumerable<(string Name, string Path)> Samples() =>
        Files(Repository.SampleContracts)
            .Where(f => f.EndsWith(".txt", StringComparison.Ordinal))
            .Select(f => (Path.GetFileName(f), f));

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];
}
