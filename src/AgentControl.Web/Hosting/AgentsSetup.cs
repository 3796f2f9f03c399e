using AgentControl.Agents;

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
        foreach (var agent in BuiltInAgents.All(synthetic))
            services.AddSingleton(agent);
        return services;
    }
}
