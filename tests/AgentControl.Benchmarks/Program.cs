using System.Globalization;
using System.Text.Json;
using AgentControl.Benchmarks;
using AgentControl.Engine.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

if (args is [RecoveryBenchmark.WorkerArgument, var folder, var trace, var submit])
{
    await RecoveryBenchmark.WorkAsync(folder, trace, submit.Length > 0);
    return 0;
}

var quick = args.Contains("--quick");
var wanted = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
bool Runs(string name) => wanted.Count == 0 || wanted.Contains(name);

var directory = Directory.CreateTempSubdirectory("agentcontrol-bench-").FullName;
var figures = new List<Figure>();

// An empty database of another PostgreSQL, or one of our own with full durability.
var given = Environment.GetEnvironmentVariable("ConnectionStrings__AgentControl");
await using (
    var postgres = given is null
        ? await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = directory },
            NullLogger.Instance,
            CancellationToken.None
        )
        : null
)
{
    var connectionString = given ?? postgres!.ConnectionString;
    await using (
        var host = await BenchHost.StartAsync(
            connectionString,
            directory,
            workers: 20,
            [ResumeBenchmark.Agent, ServiceBenchmark.Agent]
        )
    )
    {
        if (Runs("steps"))
            figures.AddRange(await StepsBenchmark.RunAsync(host, quick ? 1 : 5));
        if (Runs("services"))
            figures.AddRange(await ServiceBenchmark.RunAsync(host));
        if (Runs("resume"))
            figures.AddRange(await ResumeBenchmark.RunAsync(host, quick ? 100 : 1_000, quick ? 50 : 400));
        if (Runs("jobs"))
            figures.AddRange(await JobsBenchmark.RunAsync(host, connectionString));
        if (Runs("parked"))
            figures.AddRange(await ParkedBenchmark.RunAsync(host));
    }
    if (Runs("lists") || Runs("live"))
    {
        // The program itself, alone on the database.
        await using var program = await ServingProgram.StartAsync(connectionString, directory);
        if (Runs("lists"))
            figures.AddRange(await ListsBenchmark.RunAsync(program, connectionString));
        if (Runs("live"))
            figures.AddRange(await LiveBenchmark.RunAsync(program, clients: 200));
    }
}
Directory.Delete(directory, recursive: true);
if (Runs("recovery"))
    figures.AddRange(await RecoveryBenchmark.RunAsync());

var output = Console.Out;
output.WriteLine($"{"figure", -46}{"ours", 12}{"peer", 12}{"ratio", 8}  {"need", -8}{"aim", -8}peer");
foreach (var figure in figures)
    output.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{figure.Name, -46}{figure.Ours, 12:0.##}{figure.Peer, 12:0.##}{figure.Ratio, 8:0.00}  {figure.Need, -8}{figure.Aim, -8}{figure.PeerName}"
        )
    );
Directory.CreateDirectory("artifacts");
await File.WriteAllTextAsync("artifacts/benchmarks.json", JsonSerializer.Serialize(figures, JsonSerializerOptions.Web));
return 0;
