using System.Globalization;

namespace AgentControl.Simulation;

/// <summary>The simulator as a program: <c>--port 5099</c>.</summary>
internal static class Program
{
    private const int DefaultPort = 5099;

    public static async Task Main(string[] args)
    {
        var at = Array.IndexOf(args, "--port");
        var port =
            at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : DefaultPort;
        await using var simulator = await ProviderSimulator.StartAsync(port);
        Console.WriteLine(
            $"Anthropic: {simulator.Address} · OpenAI: {simulator.Address}v1 · faults: {simulator.Address}_control/fault"
        );
        await simulator.UntilStoppedAsync();
    }
}
