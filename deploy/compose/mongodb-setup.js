// Run by the mongodb-setup service: makes the replica set and each service's user; safe to repeat.
try {
  rs.initiate({ _id: "slotdesk", members: [{ _id: 0, host: "mongodb:27017" }] });
} catch (error) {
  if (error.codeName !== "AlreadyInitialized") throw error;
}
while (!db.hello().isWritablePrimary) sleep(200);

const admin = db.getSiblingDB("admin");
for (const [user, pwd, roles] of JSON.parse(process.env.MONGODB_USERS)) {
  if (admin.getUser(user)) admin.updateUser(user, { pwd, roles });
  else admin.createUser({ user, pwd, roles });
}
