using System.ComponentModel;
using System.Globalization;
using System.Text;
using AgentControl.Core.Agents;

namespace AgentControl.Agents.Assistant.Tools;

/// <param name="Folder">Null is the whole workspace.</param>
public sealed record ListFilesArguments(
    [property: Description("The beginning of the paths, such as inbox/. Leave it out for all.")] string? Folder = null
);

/// <summary>Names of the workspace's files.</summary>
internal sealed class ListFilesTool : AssistantTool<ListFilesArguments>
{
    private const int Most = 500;

    public override string Name => "list_files";

    public override string Description => "Lists the files of the workspace with their sizes in bytes.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(ListFilesArguments arguments, ToolRun run)
    {
        var prefix = arguments.Folder ?? "";
        if (prefix.Length > 0 && FilePaths.Problem(prefix) is { } problem)
            return ToolResult.Error(problem);
        var files = await run.Job.Workspace.ListAsync(prefix);
        if (files.Count == 0)
            return new("There are no files.");
        var text = new StringBuilder();
        foreach (var file in files.Take(Most))
            text.Append(CultureInfo.InvariantCulture, $"{file.Path} ({file.Size})\n");
        if (files.Count > Most)
            text.Append(CultureInfo.InvariantCulture, $"… and {files.Count - Most} more. Name a folder.");
        return new(text.ToString().TrimEnd());
    }
}

public sealed record ReadFileArguments(
    [property: Description("The file's path.")] string Path,
    [property: Description("From which character on, for files that are longer than one answer shows.")] int From = 0
);

/// <summary>A text file's newest version.</summary>
internal sealed class ReadFileTool : AssistantTool<ReadFileArguments>
{
    public override string Name => "read_file";

    public override string Description => "Reads a text file of the workspace.";

    public override ToolPolicy Policy => ToolPolicy.Allow;

    protected override async Task<ToolResult> RunAsync(ReadFileArguments arguments, ToolRun run)
    {
        if (FilePaths.Problem(arguments.Path) is { } problem)
            return ToolResult.Error(problem);
        var bytes = await run.Job.Workspace.ReadAsync(arguments.Path);
        if (bytes is null)
            return ToolResult.Error($"There is no file '{arguments.Path}'. list_files tells what there is.");
        if (Array.IndexOf(bytes, (byte)0) >= 0)
            return ToolResult.Error($"'{arguments.Path}' is no text: it has {bytes.Length} bytes.");
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        return TextPart.Of("file", text, arguments.From, run.Definition.ResultCharacters);
    }
}

public sealed record WriteFileArguments(
    [property: Description("The file's path.")] string Path,
    [property: Description("Its whole new text.")] string Text
);

/// <summary>A new version of a file; older ones are kept.</summary>
internal sealed class WriteFileTool : AssistantTool<WriteFileArguments>
{
    public override string Name => "write_file";

    public override string Description =>
        "Writes a text file of the workspace. A file of that name is replaced; its older versions are kept.";

    public override ToolPolicy Policy => ToolPolicy.Ask;

    protected override async Task<ToolResult> RunAsync(WriteFileArguments arguments, ToolRun run)
    {
        if (FilePaths.Problem(arguments.Path) is { } problem)
            return ToolResult.Error(problem);
        if (arguments.Text.Contains('\0', StringComparison.Ordinal))
            return ToolResult.Error("The text has the character NUL in it, which no text file has. Leave it out.");
        var written = await run.Job.Workspace.WriteTextAsync(arguments.Path, arguments.Text);
        return new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{written.Path} is written: version {written.Version}, {written.Size} bytes."
            )
        );
    }
}

/// <summary>What is wrong with a path before the workspace looks at it.</summary>
internal static class FilePaths
{
    /// <summary>Longer ones do not fit into the key of a step.</summary>
    private const int Longest = 300;

    public static string? Problem(string path) =>
        path.Length is 0 or > Longest ? $"A path has 1 to {Longest} characters."
        : path.StartsWith('/') ? "A path does not begin with a slash: write inbox/a.txt."
        : path.Split('/').Any(part => part is "." or "..") ? "A path has no . and .. in it."
        : path.Any(char.IsControl) ? "A path has no control characters in it."
        : null;
}
