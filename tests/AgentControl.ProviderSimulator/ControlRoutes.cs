using AgentControl.Simulation.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AgentControl.Simulation;

/// <summary>For a person at a shell: set a fault, clear it, look at the calls.</summary>
internal static class ControlRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ProviderSimulator simulator)
    {
        var control = routes.MapGroup("/_control");
        control.MapGet("/faults", () => FaultCatalog.Names.Order(StringComparer.Ordinal));
        control.MapGet("/fault", () => simulator.Faults.All);
        control.MapPost("/fault", (FaultOrder order) => Set(simulator, order));
        control.MapDelete(
            "/fault",
            () =>
            {
                simulator.Faults.Clear();
                return Results.NoContent();
            }
        );
        control.MapGet("/calls", () => simulator.Calls.All);
        control.MapDelete(
            "/calls",
            () =>
            {
                simulator.Calls.Clear();
                return Results.NoContent();
            }
        );
    }

    private static IResult Set(ProviderSimulator simulator, FaultOrder order)
    {
        if (FaultCatalog.Find(order.Name) is not { } fault)
            return Results.BadRequest(
                new
                {
                    error = $"There is no fault '{order.Name}'.",
                    faults = FaultCatalog.Names.Order(StringComparer.Ordinal),
                }
            );
        fault = fault with
        {
            Dialect = order.Dialect,
            Model = order.Model,
            Times = order.Times,
            ForSeconds = order.Seconds,
            FirstTokenDelaySeconds = order.FirstTokenDelaySeconds ?? fault.FirstTokenDelaySeconds,
            AfterTokens = order.AfterTokens ?? fault.AfterTokens,
            Headers = order.Headers ?? fault.Headers,
        };
        simulator.Faults.Add(fault);
        return Results.Ok(fault);
    }

    /// <param name="Name">One of <c>GET /_control/faults</c>.</param>
    /// <param name="Times">How many calls meet it; left out: all.</param>
    /// <param name="Seconds">For how long; left out: until it is cleared.</param>
    private sealed record FaultOrder(
        string Name,
        string? Dialect = null,
        string? Model = null,
        int? Times = null,
        double? Seconds = null,
        double? FirstTokenDelaySeconds = null,
        int? AfterTokens = null,
        Dictionary<string, string>? Headers = null
    );
}
