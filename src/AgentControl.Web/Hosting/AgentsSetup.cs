using AgentControl.Agents;
using AgentControl.Agents.Mcp;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Mcp;
using AgentControl.Web.Agents;

namespace AgentControl.Web.Hosting;

/// <summary>Registers the agents that come with the program.</summary>
internal static class AgentsSetup
{
    public static IServiceCollection AddAgents(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        var synthetic = configuration.GetValue<bool?>("AgentControl:Agents:Synthetic") ?? environment.IsDevelopment();
        var privateHosts = configuration.GetSection(AssistantsReader.PrivateHosts).Get<string[]>();
        var servers = McpServersReader.Read(configuration);
        services.AddSingleton(s => new McpServers(servers, s.GetRequiredService<McpPins>()));
        services.AddSingleton<McpDesk>();
        services.AddSingleton<AssistantMaker>();
        services.AddSingleton<IDefinedAgents>(s => s.GetRequiredService<AssistantMaker>());
        foreach (var agent in BuiltInAgents.All(synthetic, AssistantsReader.Read(configuration), privateHosts))
            services.AddSingleton(agent);
        return services;
    }
}
