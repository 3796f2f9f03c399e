namespace AgentControl.Web.Tests.Architecture;

/// <summary>A file of the repository: its path from the top, with slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;
}

/// <summary>The repository's own C# and Razor files, without what the build makes.</summary>
internal static class SourceTree
{
    private static readonly string[] Made = ["bin", "obj", "node_modules", "Migrations"];

    public static IReadOnlyList<SourceFile> Files { get; } = Load(FindTop());

    private static List<SourceFile> Load(string top) =>
        [
            .. new[] { "src", "tests" }
                .SelectMany(folder =>
                    Directory.EnumerateFiles(Path.Combine(top, folder), "*", SearchOption.AllDirectories)
                )
                .Where(file =>
                    file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
                )
                .Select(file => Path.GetRelativePath(top, file).Replace('\\', '/'))
                .Where(path => !path.Split('/').Intersect(Made).Any())
                .Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(top, path)))),
        ];

    private static string FindTop()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AgentControl.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("AgentControl.sln was not found above the tests.");
    }
}
