using AgentControl.Engine.Storage.Embedded;

namespace AgentControl.Engine.Tests.Storage.Embedded;

public sealed class EmbeddedPostgresRecoveryTests : IAsyncDisposable
{
    private readonly PostgresTestFolder folder = new();

    [Fact]
    public async Task What_was_committed_before_the_server_was_killed_is_there_after_the_start()
    {
        var first = await folder.StartAsync();
        await PostgresTestFolder.AskAsync(first, "CREATE TABLE kept AS SELECT 42 AS value");
        await first.AbandonAsync();
        await folder.KillServerAsync();

        var second = await folder.StartAsync();

        Assert.Equal(42, await PostgresTestFolder.AskAsync(second, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task A_server_killed_under_the_running_program_is_started_again_on_its_port()
    {
        var startedTwice = new SignalLogger(eventId: 1902, times: 2);
        var postgres = await folder.StartAsync(folder.Path, logger: startedTwice);
        var before = folder.ReadServerProcess();
        await folder.KillServerAsync();

        await startedTwice.Logged.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(1, await PostgresTestFolder.AskAsync(postgres, "SELECT 1"));
        Assert.NotEqual(before, folder.ReadServerProcess());
    }

    [Fact]
    public async Task A_server_that_outlived_the_program_is_taken_over()
    {
        var first = await folder.StartAsync();
        var server = folder.ReadServerProcess();
        await first.AbandonAsync();

        var second = await folder.StartAsync();

        Assert.Equal(server, folder.ReadServerProcess());
        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(1, await PostgresTestFolder.AskAsync(second, "SELECT 1"));
    }

    [Fact]
    public async Task A_server_taken_over_stops_with_the_program()
    {
        var first = await folder.StartAsync();
        await first.AbandonAsync();

        var second = await folder.StartAsync();
        await second.StopAsync(TestContext.Current.CancellationToken);

        Assert.Null(PostmasterFile.Read(folder.Cluster));
    }

    [Fact]
    public async Task A_process_file_that_names_another_living_program_is_removed()
    {
        var first = await folder.StartAsync();
        var path = PostmasterFile.PathIn(folder.Cluster);
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        await first.StopAsync(TestContext.Current.CancellationToken);
        lines[0] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);

        var second = await folder.StartAsync();

        Assert.NotEqual(Environment.ProcessId, folder.ReadServerProcess());
        Assert.Equal(1, await PostgresTestFolder.AskAsync(second, "SELECT 1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("torn")]
    public async Task A_torn_process_file_is_removed(string text)
    {
        var first = await folder.StartAsync();
        await first.StopAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            PostmasterFile.PathIn(folder.Cluster),
            text,
            TestContext.Current.CancellationToken
        );

        var second = await folder.StartAsync();

        Assert.Equal(1, await PostgresTestFolder.AskAsync(second, "SELECT 1"));
    }

    [Fact]
    public async Task A_first_start_that_was_cut_off_begins_anew()
    {
        var half = Directory.CreateDirectory(Path.Combine(folder.Path, "postgres.new", "cluster"));
        await File.WriteAllTextAsync(
            Path.Combine(half.FullName, "PG_VERSION"),
            "15",
            TestContext.Current.CancellationToken
        );

        var postgres = await folder.StartAsync();

        Assert.Equal(1, await PostgresTestFolder.AskAsync(postgres, "SELECT 1"));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "postgres.new")));
    }

    [Fact]
    public async Task A_cluster_with_a_part_missing_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(Path.Combine(folder.Cluster, "base"));

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => folder.StartAsync());

        Assert.Contains(folder.Cluster, refused.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder.Cluster, "base")));
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_with_both_versions()
    {
        var first = await folder.StartAsync();
        await first.StopAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Cluster, "PG_VERSION"),
            "9",
            TestContext.Current.CancellationToken
        );

        var refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => folder.StartAsync());

        Assert.Contains("PostgreSQL 9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AgentControl:PostgresBinaries", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parent_folder_closed_to_others_does_not_hinder_the_start()
    {
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var postgres = await folder.StartAsync();

        Assert.Equal(1, await PostgresTestFolder.AskAsync(postgres, "SELECT 1"));
    }

    [Fact]
    public async Task A_folder_that_was_closed_to_others_after_the_first_start_is_opened_again()
    {
        var first = await folder.StartAsync();
        await first.StopAsync(TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var second = await folder.StartAsync();

        Assert.Equal(1, await PostgresTestFolder.AskAsync(second, "SELECT 1"));
    }

    public ValueTask DisposeAsync() => folder.DisposeAsync();
}
