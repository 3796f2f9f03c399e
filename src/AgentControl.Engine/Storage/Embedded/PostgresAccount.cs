using System.Globalization;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>
/// The account PostgreSQL runs under. PostgreSQL refuses root, so a program that runs as root hands the cluster to the
/// account <c>postgres</c>, or, where that one cannot reach the folders, shows PostgreSQL a user namespace in which root has another name.
/// </summary>
internal sealed record PostgresAccount(IReadOnlyList<string> Prefix, string? Owner)
{
    private static readonly PostgresAccount Own = new([], null);

    public static async Task<PostgresAccount> ChooseAsync(
        PostgresBinaries binaries,
        string dataDirectory,
        CancellationToken cancellationToken
    )
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return Own;
        }

        var users = await ReadUsersAsync(cancellationToken);
        PostgresAccount?[] choices = [Lowered(users.GetValueOrDefault("postgres")), Renamed(users)];
        foreach (var account in choices)
        {
            if (account is not null && await account.CanReachAsync(binaries, dataDirectory, cancellationToken))
            {
                return account;
            }
        }

        throw new EmbeddedPostgresException(
            "PostgreSQL does not run as root, and no other account can be used: the account 'postgres' is missing or may not enter "
                + $"{dataDirectory} or {binaries.Folder} (a parent folder has mode 0700), and user namespaces are not allowed here. "
                + "Start the program as an ordinary user, choose a folder open to others with AgentControl:DataDirectory "
                + "(such as /var/lib/agentcontrol), or name a PostgreSQL to use in ConnectionStrings:AgentControl."
        );
    }

    public IReadOnlyList<string> Line(params IEnumerable<string> command) => [.. Prefix, .. command];

    /// <summary>Gives the folder and all in it to the account, when it belongs to another.</summary>
    public async Task TakeOwnershipAsync(string folder, CancellationToken cancellationToken)
    {
        if (Owner is null)
        {
            return;
        }

        var present = await PostgresCommand.RunAsync(["stat", "-c", "%u:%g", folder], cancellationToken);
        if (present.Output == Owner)
        {
            return;
        }

        var changed = await PostgresCommand.RunAsync(["chown", "-R", Owner, folder], cancellationToken);
        if (!changed.Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"The folder {folder} cannot be given to PostgreSQL's account: {changed.Output}"
            );
        }
    }

    private static PostgresAccount? Lowered((int Uid, int Gid) user) =>
        user.Uid == 0
            ? null
            : new PostgresAccount(
                ["setpriv", Invariant($"--reuid={user.Uid}"), Invariant($"--regid={user.Gid}"), "--clear-groups"],
                Invariant($"{user.Uid}:{user.Gid}")
            );

    /// <summary>initdb looks its user up, so the name in the namespace must be one the system knows.</summary>
    private static PostgresAccount? Renamed(Dictionary<string, (int Uid, int Gid)> users)
    {
        var name = new[] { "postgres", "nobody", "daemon" }.FirstOrDefault(users.ContainsKey);
        return name is null
            ? null
            : new PostgresAccount(
                [
                    "unshare",
                    "--user",
                    Invariant($"--map-user={users[name].Uid}"),
                    Invariant($"--map-group={users[name].Gid}"),
                ],
                "0:0"
            );
    }

    private async Task<bool> CanReachAsync(
        PostgresBinaries binaries,
        string dataDirectory,
        CancellationToken cancellationToken
    )
    {
        try
        {
            string[] test =
            [
                "sh",
                "-c",
                "test -x \"$1\" && test -x \"$2\"",
                "sh",
                binaries.Path("postgres"),
                dataDirectory,
            ];
            return (await PostgresCommand.RunAsync(Line(test), cancellationToken)).Succeeded;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // setpriv or unshare is not installed.
            return false;
        }
    }

    private static async Task<Dictionary<string, (int Uid, int Gid)>> ReadUsersAsync(
        CancellationToken cancellationToken
    )
    {
        var users = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        if (!File.Exists("/etc/passwd"))
        {
            return users;
        }

        foreach (var line in await File.ReadAllLinesAsync("/etc/passwd", cancellationToken))
        {
            var fields = line.Split(':');
            if (
                fields.Length > 3
                && int.TryParse(fields[2], CultureInfo.InvariantCulture, out var uid)
                && int.TryParse(fields[3], CultureInfo.InvariantCulture, out var gid)
            )
            {
                users[fields[0]] = (uid, gid);
            }
        }

        return users;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
