using System.Diagnostics;
using System.Globalization;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>Finds the server processes of a cluster. On Linux each of them has the cluster as its working folder.</summary>
internal static class PostgresProcesses
{
    // The kernel shows a process's working folder only to the process's own account and to a tracer.
    private const string ShowFolders = "for p; do echo \"$p $(readlink /proc/$p/cwd)\"; done";

    /// <summary>Answers for one process without looking at all; false also where the system does not show its folder.</summary>
    public static bool IsSurelyIn(string cluster, int processId) =>
        OperatingSystem.IsLinux()
        && WorkingFolder("/proc/" + processId.ToString(CultureInfo.InvariantCulture)) == cluster;

    public static async Task<IReadOnlySet<int>> InAsync(
        string cluster,
        PostgresAccount account,
        CancellationToken cancellationToken
    )
    {
        if (!OperatingSystem.IsLinux())
        {
            return PostmasterFile.Read(cluster) is { } file && IsPostgres(file.ProcessId)
                ? new HashSet<int> { file.ProcessId }
                : [];
        }

        var servers = new HashSet<int>();
        var hidden = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(IsServer))
        {
            var id = Path.GetFileName(process);
            switch (WorkingFolder(process))
            {
                case null:
                    hidden.Add(id);
                    break;
                case var folder when folder == cluster:
                    servers.Add(int.Parse(id, CultureInfo.InvariantCulture));
                    break;
            }
        }

        if (hidden.Count > 0)
        {
            var line = account.Line(["sh", "-c", ShowFolders, "sh", .. hidden]);
            var shown = await PostgresCommand.RunAsync(line, cancellationToken);
            servers.UnionWith(
                shown
                    .Output.Split('\n')
                    .Select(text => text.Split(' ', 2))
                    .Where(parts => parts.Length == 2 && parts[1] == cluster)
                    .Select(parts => int.Parse(parts[0], CultureInfo.InvariantCulture))
            );
        }

        return servers;
    }

    private static bool IsServer(string process)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0])
                && File.ReadAllText(Path.Combine(process, "comm")).StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? WorkingFolder(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsPostgres(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
