// scimmy-routers with resources in memory: `node scimmy.mjs PORT`, in a folder where it is installed.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

let latest = 0;
for (const kind of [SCIMMY.Resources.User, SCIMMY.Resources.Group]) {
  const all = new Map();
  SCIMMY.Resources.declare(kind)
    .ingress((resource, data) => {
      const id = resource.id ?? String(++latest);
      const name = (it) => (it.userName ?? it.displayName ?? "").toLowerCase();
      for (const [other, it] of all)
        if (other !== id && name(it) === name(data)) throw new SCIMMY.Types.Error(409, "uniqueness", "taken");
      all.set(id, { ...JSON.parse(JSON.stringify(data)), id });
      return all.get(id);
    })
    .egress((resource) => {
      if (!resource.id) return resource.filter?.match([...all.values()]) ?? [...all.values()];
      if (!all.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `no ${resource.id}`);
      return all.get(resource.id);
    })
    .degress((resource) => {
      if (!all.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `no ${resource.id}`);
    });
}
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);

const app = express();
app.use((request, response, next) => {
  const { method, url } = request;
  response.on("finish", () => console.log(`"${method} ${url} HTTP/1.1" ${response.statusCode}`));
  next();
});
app.use("/scim", new SCIMMYRouters({
  type: "bearer",
  handler: (request) => {
    if (request.header("authorization") !== "Bearer secret") throw new Error("wrong token");
    return "entra";
  },
}));
app.listen(Number(process.argv[2]), "127.0.0.1");
