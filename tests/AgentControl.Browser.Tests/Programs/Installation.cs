using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AgentControl.Browser.Tests.Programs;

/// <summary>A data folder and an address of its own, on which the program is started, killed and started again.</summary>
internal sealed class Installation(IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("agentcontrol-browser-").FullName;

    public string Url { get; } = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";

    public RunningProgram Program { get; private set; } = null!;

    public async Task StartAsync() => Program = await RunningProgram.StartAsync(Url, data, settings);

    /// <summary>As a crash of the server: <c>kill -QUIT</c> of its postmaster.</summary>
    public async Task KillDatabaseAsync()
    {
        using var kill = Process.Start("kill", ["-QUIT", File.ReadLines(PidFile).First()]);
        await kill.WaitForExitAsync();
    }

    /// <summary>What <c>AgentControl.Web verify</c> says of this folder: its exit code and, unless that is 0, its words.</summary>
    public async Task<(int Code, string Words)> VerifyAsync()
    {
        using var verify = Process.Start(
            new ProcessStartInfo("dotnet", [Repository.Program, "verify"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["AgentControl__DataDirectory"] = data },
            }
        )!;
        var words = await verify.StandardOutput.ReadToEndAsync() + await verify.StandardError.ReadToEndAsync();
        await verify.WaitForExitAsync();
        return (verify.ExitCode, verify.ExitCode == 0 ? "" : words);
    }

    public async Task<NpgsqlConnection> OpenDatabaseAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString());
        await connection.OpenAsync();
        return connection;
    }

    public async Task<T> ReadAsync<T>(string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = await OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return (T)(await command.ExecuteScalarAsync() ?? throw new InvalidOperationException("No row: " + sql));
    }

    public async Task ExecuteAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = await OpenDatabaseAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Program is not null)
            await Program.DisposeAsync();
        StopLeftServer();
        Directory.Delete(data, recursive: true);
    }

    // Only where the program could not stop it itself.
    private void StopLeftServer()
    {
        if (
            !File.Exists(PidFile)
            || !int.TryParse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture, out var left)
        )
            return;
        try
        {
            using var server = Process.GetProcessById(left);
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has ended meanwhile.
        }
    }

    private string PidFile => Path.Combine(data, "postgres", "cluster", "postmaster.pid");

    private string ConnectionString() =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(File.ReadLines(PidFile).ElementAt(3), CultureInfo.InvariantCulture),
            Username = "agentcontrol",
            Database = "agentcontrol",
            Password = File.ReadAllText(Path.Combine(data, "postgres", "password")).Trim(),
            Pooling = false,
        }.ConnectionString;

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
