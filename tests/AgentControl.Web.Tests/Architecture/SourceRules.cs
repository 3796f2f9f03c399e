using System.Text.RegularExpressions;

namespace AgentControl.Web.Tests.Architecture;

/// <summary>The rules of the tree. Each takes files and tells what breaks it, so that a bad sample can prove that it is able to fail.</summary>
internal static partial class SourceRules
{
    private static readonly string[] LayerFolders =
    [
        "Models",
        "Services",
        "Helpers",
        "Interfaces",
        "DTOs",
        "Common",
        "Utils",
    ];

    public static IEnumerable<string> LayersAsFolders(IEnumerable<SourceFile> files) =>
        from file in files
        from folder in file.Path.Split('/').SkipLast(1)
        where LayerFolders.Contains(folder, StringComparer.OrdinalIgnoreCase) && !IsOfExternalServices(folder, file)
        select $"{file.Path}: a folder is named for a concept, not '{folder}'";

    /// <summary>A service is a thing outside that jobs call: its folder holds no classes that are themselves called services.</summary>
    private static bool IsOfExternalServices(string folder, SourceFile file) =>
        folder == "Services" && !file.Name.EndsWith("Service.cs", StringComparison.Ordinal);

    public static IEnumerable<string> LongFiles(IEnumerable<SourceFile> files) =>
        from file in files
        let limit = file.Name switch
        {
            _ when file.Name.EndsWith(".razor", StringComparison.Ordinal) => 150,
            _ when file.Name.EndsWith(".razor.cs", StringComparison.Ordinal) => 200,
            _ => 400,
        }
        where file.Lines > limit
        select $"{file.Path}: {file.Lines} lines, at most {limit}";

    /// <summary>Whoever can reach Hangfire's client can enqueue, so one file alone knows it, beside the line that registers it.</summary>
    public static IEnumerable<string> SecondEnqueuers(IEnumerable<SourceFile> files)
    {
        var enqueuers = files
            .Where(file =>
                file.Path.StartsWith("src/", StringComparison.Ordinal)
                && HangfireClient().IsMatch(Registration().Replace(file.Text, ""))
            )
            .Select(file => file.Path)
            .ToList();
        return enqueuers.Count > 1 ? enqueuers.Select(path => $"{path}: only one file enqueues to Hangfire") : [];
    }

    /// <summary>A line that begins with @: is text to Razor: a component in it is sent as an unknown tag and draws nothing.</summary>
    public static IEnumerable<string> ComponentsAsText(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Name.EndsWith(".razor", StringComparison.Ordinal)
        from match in ComponentInText().Matches(file.Text)
        select $"{file.Path}: '{match.Value}' draws nothing; put it into <text>";

    /// <summary>What servers of tools say comes in at one place, where it is limited and compared. The program's own server knows the SDK in one folder too, and no client.</summary>
    public static IEnumerable<string> SecondMcpClients(IEnumerable<SourceFile> files) =>
        from file in files
        where
            file.Path.StartsWith("src/", StringComparison.Ordinal)
            && !file.Path.StartsWith("src/AgentControl.Agents/Mcp/", StringComparison.Ordinal)
            && file.Text.Contains("using ModelContextProtocol", StringComparison.Ordinal)
            && (
                !file.Path.StartsWith("src/AgentControl.Web/Mcp/", StringComparison.Ordinal)
                || file.Text.Contains("ModelContextProtocol.Client", StringComparison.Ordinal)
            )
        select $"{file.Path}: MCP servers are reached from src/AgentControl.Agents/Mcp alone, and served from src/AgentControl.Web/Mcp";

    public static IEnumerable<string> VagueNames(IEnumerable<SourceFile> files) =>
        from file in files
        from match in VagueType().Matches(file.Text)
        select $"{file.Path}: {match.Groups["name"].Value} is named for one duty instead";

    /// <summary>The core takes the time and chance as arguments and touches nothing outside.</summary>
    public static IEnumerable<string> ImpureCore(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Path.StartsWith("src/AgentControl.Core/", StringComparison.Ordinal)
        from match in Impure().Matches(file.Text)
        select $"{file.Path}: the core does not use {match.Value.TrimEnd('(')}";

    [GeneratedRegex(@"@:[^\n]*<[A-Z]\w*", RegexOptions.None, 1000)]
    private static partial Regex ComponentInText();

    [GeneratedRegex(
        @"\b(I?BackgroundJobClient\w*|I?RecurringJobManager\w*|RecurringJob|BackgroundJob\.(Enqueue|Schedule|ContinueJobWith|Requeue))\b",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex HangfireClient();

    [GeneratedRegex(
        @"services\.Add(Singleton|Scoped|Transient)<IBackgroundJobClient.*",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Registration();

    [GeneratedRegex(
        @"\b(class|record|struct|interface|enum)\s+(?<name>\w+(Manager|Managers|Helper|Helpers|Util|Utils|Utility))\b",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex VagueType();

    [GeneratedRegex(
        @"\b(Random\.Shared|new Random\(|RandomNumberGenerator|Guid\.NewGuid|Guid\.CreateVersion7\(\)|Stopwatch|TimeProvider\.System|(File|Directory|Process|Environment)\.[A-Z]\w+)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Impure();
}
