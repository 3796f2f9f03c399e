using System.Globalization;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>What a cluster's <c>postmaster.pid</c> says about the server that runs, or ran, on it.</summary>
internal sealed record PostmasterFile(int ProcessId, int Port, string State)
{
    public bool Ready => State == "ready";

    /// <summary>It is still recovering, which lasts as long as it lasts.</summary>
    public bool Starting => State is "starting" or "";

    public static string PathIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    public static PostmasterFile? Read(string cluster)
    {
        try
        {
            return Parse(File.ReadAllLines(PathIn(cluster)));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Lines: process, folder, start time, port, socket folder, address, shared memory, state. The last comes when it is known.</summary>
    internal static PostmasterFile? Parse(string[] lines) =>
        lines.Length >= 4
        && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process)
        && process > 0
        && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
            ? new PostmasterFile(process, port, lines.Length >= 8 ? lines[7].Trim() : "")
            : null;
}
