using System.Globalization;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>Makes, starts, takes over and stops the server of one folder. The folder's lock is held by the caller.</summary>
internal sealed class PostgresServer(
    EmbeddedPostgresOptions options,
    PostgresFolder folder,
    PostgresBinaries binaries,
    PostgresAccount account,
    TimeProvider time,
    ILogger logger
)
{
    public const string User = "agentcontrol";
    private const int Tries = 150;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        folder.LayDraft();
        await account.TakeOwnershipAsync(folder.Draft, cancellationToken);
        string[] command =
        [
            binaries.Path("initdb"),
            "--pgdata=" + PostgresFolder.ClusterIn(folder.Draft),
            "--username=" + User,
            "--auth=scram-sha-256",
            "--pwfile=" + PostgresFolder.PasswordIn(folder.Draft),
            "--encoding=UTF8",
            "--locale=C",
            .. options.WithoutFsync ? ["--no-sync"] : Array.Empty<string>(),
        ];
        var made = await PostgresCommand.RunAsync(account.Line(command), cancellationToken);
        if (!made.Succeeded)
        {
            throw new EmbeddedPostgresException($"initdb could not make a cluster in {folder.Draft}: {made.Output}");
        }

        folder.AcceptDraft();
        EmbeddedPostgresLog.Created(logger, folder.Cluster, binaries.Major);
    }

    /// <summary>Starts the server, or takes over one that outlived the program, and tells its port. A running program's connections ask for the port they know.</summary>
    public async Task<int> StartAsync(int? knownPort, CancellationToken cancellationToken)
    {
        CommandResult? refusal = null;
        for (var tries = 0; tries < Tries; tries++)
        {
            var servers = await PostgresProcesses.InAsync(folder.Cluster, account, cancellationToken);
            var file = PostmasterFile.Read(folder.Cluster);
            if (file is not null && servers.Contains(file.ProcessId))
            {
                if (file.Ready)
                {
                    EmbeddedPostgresLog.TakenOver(logger, file.ProcessId, file.Port);
                    return file.Port;
                }

                tries -= file.Starting ? 1 : 0;
            }
            else
            {
                RemoveLeftOverFile_NeedsFolderLock(servers);
                await account.TakeOwnershipAsync(folder.Root, cancellationToken);
                var port = knownPort ?? folder.ChoosePort();
                refusal = await LaunchAsync(port, cancellationToken);
                if (refusal.Succeeded)
                {
                    EmbeddedPostgresLog.Started(logger, binaries.Folder, folder.Cluster, port);
                    return port;
                }

                if (refusal.Output.Contains("could not bind", StringComparison.Ordinal))
                {
                    folder.ForgetPort();
                }
            }

            await Task.Delay(BetweenTries, time, cancellationToken);
        }

        throw new EmbeddedPostgresException(
            $"PostgreSQL does not start on {folder.Cluster}; its log is {folder.ServerLog}. {refusal?.Output}".Trim()
        );
    }

    public async Task<bool> IsRunningAsync(CancellationToken cancellationToken)
    {
        if (PostmasterFile.Read(folder.Cluster) is not { } file)
        {
            return false;
        }

        return PostgresProcesses.IsSurelyIn(folder.Cluster, file.ProcessId)
            || (await PostgresProcesses.InAsync(folder.Cluster, account, cancellationToken)).Contains(file.ProcessId);
    }

    /// <summary>Ends all sessions and stops with everything written to the disk.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!await IsRunningAsync(cancellationToken))
        {
            return;
        }

        string[] command = [binaries.Path("pg_ctl"), "stop", "-D", folder.Cluster, "-m", "fast", "-w", "-t", "600"];
        var stopped = await PostgresCommand.RunAsync(account.Line(command), cancellationToken);
        if (!stopped.Succeeded)
        {
            EmbeddedPostgresLog.NotStopped(logger, folder.Cluster, stopped.Output);
        }
    }

    /// <summary>
    /// A server cannot start beside a file that a lost one left when the process number in it was given to another program
    /// since (the rule after a container's restart), or when the file is torn. While any process of the old server lives,
    /// the file stays: it is what protects the data from a second server.
    /// </summary>
    private void RemoveLeftOverFile_NeedsFolderLock(IReadOnlySet<int> servers)
    {
        var path = PostmasterFile.PathIn(folder.Cluster);
        if (servers.Count == 0 && File.Exists(path))
        {
            File.Delete(path);
            EmbeddedPostgresLog.LeftOverRemoved(logger, path);
        }
    }

    private async Task<CommandResult> LaunchAsync(int port, CancellationToken cancellationToken)
    {
        var log = new FileInfo(folder.ServerLog);
        var before = log.Exists ? log.Length : 0;
        // pg_ctl puts the server into a session of its own, so Ctrl+C does not end it before the program has drained.
        string[] command =
        [
            binaries.Path("pg_ctl"),
            "start",
            "-D",
            folder.Cluster,
            "-l",
            folder.ServerLog,
            "-w",
            "-t",
            "86400",
            "-o",
            string.Join(' ', Settings(port).Select(setting => "-c " + setting)),
        ];
        var launched = await PostgresCommand.RunAsync(account.Line(command), cancellationToken);
        return launched.Succeeded ? launched : launched with { Output = ReadLog(before) };
    }

    private IEnumerable<string> Settings(int port)
    {
        var text = CultureInfo.InvariantCulture;
        return
        [
            "port=" + port.ToString(text),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=" + options.MaxConnections.ToString(text),
            "timezone=UTC",
            "log_timezone=UTC",
            "log_min_messages=warning",
            "log_checkpoints=off",
            // Every statement of the program is short; compiling one costs more than running it.
            "jit=off",
            .. options.WithoutFsync
                ? ["fsync=off", "full_page_writes=off"]
                : new[] { "fsync=on", "full_page_writes=on", "synchronous_commit=on" },
        ];
    }

    private string ReadLog(long from)
    {
        if (!File.Exists(folder.ServerLog))
        {
            return "";
        }

        using var log = new FileStream(folder.ServerLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(Math.Min(from, log.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Trim();
    }
}
