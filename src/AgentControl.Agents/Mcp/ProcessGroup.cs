using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AgentControl.Agents.Mcp;

/// <summary>
/// A program with all that it starts, also what outlives it: on Linux it leads a process group of its own (<c>setsid</c>), which ends as one.
/// Elsewhere, and where <c>setsid</c> is missing, only the tree below a living program can be ended.
/// </summary>
internal static class ProcessGroup
{
    private const int Kill = 9;
    private static readonly string? _setsid = OperatingSystem.IsLinux() ? Find("setsid") : null;

    /// <summary>Lets the program lead a group. A program that is not there is left for the start to complain about.</summary>
    /// <returns>Whether it leads one; its group then has the number of its process.</returns>
    public static bool Lead(ProcessStartInfo start)
    {
        if (_setsid is null || Find(start.FileName) is not { } program)
            return false;
        start.FileName = _setsid;
        start.ArgumentList.Insert(0, program);
        return true;
    }

    /// <summary>Ends whatever is left of a group.</summary>
    public static void End(int leader) => _ = NativeMethods.Kill(-leader, Kill);

    private static string? Find(string program) =>
        program.Contains('/', StringComparison.Ordinal)
            ? Executable(Path.GetFullPath(program))
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Executable(Path.Combine(folder, program)))
                .FirstOrDefault(found => found is not null);

    private static string? Executable(string path) =>
        File.Exists(path)
        && (
            OperatingSystem.IsWindows()
            || (
                File.GetUnixFileMode(path)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)
            ) != UnixFileMode.None
        )
            ? path
            : null;

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int process, int signal);
    }
}
