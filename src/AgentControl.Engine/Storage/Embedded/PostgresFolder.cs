using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>
/// The part of the data folder that PostgreSQL lives in: <c>postgres/cluster</c>, <c>postgres/password</c>, <c>postgres/port</c>,
/// and beside it the lock. Held open, it keeps every other program away until the process ends, however it ends.
/// </summary>
internal sealed class PostgresFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream held;

    private PostgresFolder(string dataDirectory, FileStream held)
    {
        this.held = held;
        DataDirectory = dataDirectory;
        Root = RootIn(dataDirectory);
        Draft = Root + ".new";
    }

    public string DataDirectory { get; }

    public string Root { get; }

    /// <summary>A cluster is made here and renamed when it is whole, so a half-made one is never opened.</summary>
    public string Draft { get; }

    public string Cluster => ClusterIn(Root);

    public string ServerLog => Path.Combine(Root, "server.log");

    public static string ClusterIn(string root) => Path.Combine(root, "cluster");

    public static string PasswordIn(string root) => Path.Combine(root, "password");

    public static PostgresFolder Open(string dataDirectory) =>
        TryOpen(dataDirectory, out var busy)
        ?? throw new EmbeddedPostgresException(
            $"Another program already uses the data folder {Path.GetFullPath(dataDirectory)}. Stop it, or choose another folder with AgentControl:DataDirectory.",
            busy!
        );

    /// <summary>Null where another program holds the folder.</summary>
    public static PostgresFolder? TryOpen(string dataDirectory, out IOException? busy)
    {
        var folder = Directory.CreateDirectory(Path.GetFullPath(dataDirectory));
        var path = RealPath(folder);
        busy = null;
        try
        {
            var file = new FileStream(
                Path.Combine(path, "postgres.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return new PostgresFolder(path, file);
        }
        catch (IOException refused)
        {
            busy = refused;
            return null;
        }
    }

    /// <summary>Whether a cluster lies in this data folder; looks without touching anything.</summary>
    public static bool HasCluster(string dataDirectory) =>
        File.Exists(Path.Combine(ClusterIn(RootIn(dataDirectory)), "PG_VERSION"));

    public static string RootIn(string dataDirectory) => Path.Combine(dataDirectory, "postgres");

    /// <summary>The major version that wrote the cluster; null when there is none yet.</summary>
    public int? ReadMajor()
    {
        var version = Path.Combine(Cluster, "PG_VERSION");
        if (File.Exists(version) && File.Exists(Path.Combine(Cluster, "global", "pg_control")))
        {
            return int.Parse(File.ReadAllText(version), CultureInfo.InvariantCulture);
        }

        if (Directory.Exists(Cluster) && Directory.EnumerateFileSystemEntries(Cluster).Any())
        {
            throw new EmbeddedPostgresException(
                $"The folder {Cluster} is not a whole PostgreSQL cluster: PG_VERSION or global/pg_control is missing. "
                    + $"Restore {Root} from a backup, or move it away to begin with an empty database."
            );
        }

        return null;
    }

    public Task<string> ReadPasswordAsync(CancellationToken cancellationToken) =>
        ReadPasswordAsync(Root, cancellationToken);

    public static async Task<string> ReadPasswordAsync(string root, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(PasswordIn(root), cancellationToken)).Trim();
        }
        catch (FileNotFoundException missing)
        {
            throw new EmbeddedPostgresException(
                $"The password of the cluster is missing: {PasswordIn(root)}. Restore that file from a backup.",
                missing
            );
        }
    }

    /// <summary>Removes what an interrupted first start left and lays an empty folder with a new password.</summary>
    public void LayDraft()
    {
        if (Directory.Exists(Draft))
        {
            Directory.Delete(Draft, recursive: true);
        }

        Directory.CreateDirectory(Draft);
        Protect(Draft, OwnerOnly | UnixFileMode.UserExecute);
        var password = PasswordIn(Draft);
        File.WriteAllText(password, "");
        Protect(password, OwnerOnly);
        File.WriteAllText(password, RandomNumberGenerator.GetHexString(40, lowercase: true));
    }

    public void AcceptDraft()
    {
        if (Directory.Exists(Root))
        {
            // Only the empty remains of an earlier try get here: ReadMajor has refused everything else.
            Directory.Delete(Root, recursive: true);
        }

        Directory.Move(Draft, Root);
    }

    /// <summary>The port of the last start when it is free, otherwise a new one.</summary>
    public int ChoosePort()
    {
        var file = Path.Combine(Root, "port");
        if (
            File.Exists(file)
            && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var last)
            && last is > 0 and <= ushort.MaxValue
            && TryListen(last) is { } same
        )
        {
            return same;
        }

        var port = TryListen(0) ?? throw new EmbeddedPostgresException("No free port was found on 127.0.0.1.");
        WriteWhole(file, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }

    public void ForgetPort() => File.Delete(Path.Combine(Root, "port"));

    public void Dispose() => held.Dispose();

    private static int? TryListen(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static void WriteWhole(string file, string text)
    {
        File.WriteAllText(file + ".new", text);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static void Protect(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>The path without links, as the system shows it for a server's working folder.</summary>
    private static string RealPath(DirectoryInfo folder)
    {
        var target = folder.ResolveLinkTarget(returnFinalTarget: true) as DirectoryInfo ?? folder;
        return target.Parent is null ? target.FullName : Path.Combine(RealPath(target.Parent), target.Name);
    }
}
