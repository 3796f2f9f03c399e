using AgentControl.Engine.Storage.Embedded;
using Npgsql;

namespace AgentControl.Engine.Tests.Storage.Embedded;

public sealed class EmbeddedPostgresTests : IAsyncDisposable
{
    private const string Write = "CREATE TABLE kept (value int); INSERT INTO kept VALUES (42)";
    private const string Read = "SELECT value FROM kept";
    private readonly PostgresTestFolder folder = new();

    [Fact]
    public async Task A_new_folder_gets_a_durable_cluster_of_its_own()
    {
        var postgres = await folder.StartAsync(withoutFsync: false);

        var settings = await PostgresTestFolder.AskAsync(
            postgres,
            """
            SELECT string_agg(current_setting(name), ' ' ORDER BY place) FROM unnest(ARRAY['fsync', 'synchronous_commit',
            'full_page_writes', 'max_connections', 'listen_addresses', 'server_encoding', 'TimeZone']) WITH ORDINALITY AS s (name, place)
            """
        );
        Assert.Equal("on on on 200 127.0.0.1 UTF8 UTC", settings);
        Assert.Equal(
            "C",
            await PostgresTestFolder.AskAsync(
                postgres,
                "SELECT datcollate FROM pg_database WHERE datname = 'agentcontrol'"
            )
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Password));
    }

    [Fact]
    public async Task A_stranger_without_the_password_is_refused()
    {
        var postgres = await folder.StartAsync();
        var wrong = new NpgsqlConnectionStringBuilder(postgres.ConnectionString)
        {
            Password = "guess",
            Pooling = false,
        };

        await using var connection = new NpgsqlConnection(wrong.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            connection.OpenAsync(TestContext.Current.CancellationToken)
        );

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    [Fact]
    public async Task A_second_start_finds_the_data_and_the_address_of_the_first()
    {
        var first = await folder.StartAsync();
        await PostgresTestFolder.AskAsync(first, Write);
        await first.StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(PostmasterFile.Read(folder.Cluster));

        var second = await folder.StartAsync();

        Assert.Equal(42, await PostgresTestFolder.AskAsync(second, Read));
        Assert.Equal(first.ConnectionString, second.ConnectionString);
    }

    [Fact]
    public async Task A_port_that_was_taken_meanwhile_is_changed()
    {
        var first = await folder.StartAsync();
        await first.StopAsync(TestContext.Current.CancellationToken);
        var port = new NpgsqlConnectionStringBuilder(first.ConnectionString).Port;
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
        taken.Start();

        var second = await folder.StartAsync();

        Assert.NotEqual(port, new NpgsqlConnectionStringBuilder(second.ConnectionString).Port);
        Assert.Equal(1, await PostgresTestFolder.AskAsync(second, "SELECT 1"));
    }

    [Fact]
    public async Task Two_programs_on_one_folder_are_refused_with_the_folders_name()
    {
        await folder.StartAsync();

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => folder.StartAsync());

        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("AgentControl:DataDirectory", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_reached_through_a_link_is_the_same_folder()
    {
        await folder.StartAsync();
        var link = folder.Path + "-link";
        Directory.CreateSymbolicLink(link, folder.Path);
        try
        {
            await Assert.ThrowsAsync<EmbeddedPostgresException>(() => folder.StartAsync(link));
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public async Task Folders_side_by_side_have_servers_of_their_own()
    {
        await using var other = new PostgresTestFolder();
        var servers = await Task.WhenAll(folder.StartAsync(), other.StartAsync());

        await PostgresTestFolder.AskAsync(servers[0], Write);

        Assert.Equal(42, await PostgresTestFolder.AskAsync(servers[0], Read));
        Assert.Equal(DBNull.Value, await PostgresTestFolder.AskAsync(servers[1], "SELECT to_regclass('kept')::text"));
    }

    public ValueTask DisposeAsync() => folder.DisposeAsync();
}
