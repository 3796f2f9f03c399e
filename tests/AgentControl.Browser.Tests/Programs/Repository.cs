namespace AgentControl.Browser.Tests.Programs;

/// <summary>Where the built program and its sources lie.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The program, built in the same configuration as these tests.</summary>
    public static string Program { get; } =
        Path.Combine(Root, "src", "AgentControl.Web", "bin", Configuration, "net10.0", "AgentControl.Web.dll");

    public static string SampleContracts { get; } = Path.Combine(Root, "wwwroot-assets", "samples", "contracts");

    private static string Configuration =>
        AppContext.BaseDirectory.Contains(
            $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal
        )
            ? "Release"
            : "Debug";

    private static string Find(DirectoryInfo? folder) =>
        folder is null ? throw new InvalidOperationException("AgentControl.sln was not found above the tests.")
        : File.Exists(Path.Combine(folder.FullName, "AgentControl.sln")) ? folder.FullName
        : Find(folder.Parent);
}
