using AgentControl.Web.Hosting;

var builder = WebApplication.CreateBuilder(args);
await using var database = await builder.AddControlPlaneAsync();
var app = builder.Build();
await app.PrepareAsync(database);
app.UseControlPlane();
await app.RunAsync();
